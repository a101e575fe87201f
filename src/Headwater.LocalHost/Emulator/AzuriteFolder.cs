namespace Headwater.LocalHost.Emulator;

/// <summary>The folder of one Azurite: its data, its log and the record of its process.</summary>
internal sealed class AzuriteFolder(string path)
{
    public string Path { get; } = System.IO.Path.GetFullPath(path);

    public string LogFile => System.IO.Path.Combine(Path, "azurite.log");

    public string RecordFile => System.IO.Path.Combine(Path, "azurite.pid.json");

    internal AzuriteRecord? Record() => AzuriteRecord.Read(RecordFile);

    internal void Prepare()
    {
        Directory.CreateDirectory(Path);
        File.Delete(LogFile);
        Forget();
    }

    internal void Forget() => File.Delete(RecordFile);

    internal string Log()
    {
        if (!File.Exists(LogFile))
        {
            return "";
        }

        using FileStream file = new(LogFile, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        using StreamReader reader = new(file);
        return reader.ReadToEnd();
    }
}
