using Headwater.LocalHost.Errors;

namespace Headwater.LocalHost.Serving;

/// <summary>The host's own folder, held by one host at a time: two would share one Azurite and stop it under each other.</summary>
internal sealed class DataFolder : IDisposable
{
    private readonly FileStream _alone;

    private DataFolder(string path, FileStream alone)
    {
        Path = path;
        _alone = alone;
    }

    public string Path { get; }

    /// <summary><c>.headwater</c> in the repository that holds the current folder, else in the current folder; git ignores it.</summary>
    public static string Default()
    {
        string current = Directory.GetCurrentDirectory();
        for (DirectoryInfo? at = new(current); at is not null; at = at.Parent)
        {
            if (File.Exists(System.IO.Path.Combine(at.FullName, "Serverless.sln")))
            {
                return System.IO.Path.Combine(at.FullName, ".headwater");
            }
        }

        return System.IO.Path.Combine(current, ".headwater");
    }

    /// <exception cref="HostException">Another host holds it, or it cannot be made.</exception>
    public static DataFolder Open(string path)
    {
        string full = System.IO.Path.GetFullPath(path);
        try
        {
            Directory.CreateDirectory(full);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new HostException($"The data folder {full} cannot be made: {exception.Message}", exception);
        }

        try
        {
            return new DataFolder(full, new FileStream(System.IO.Path.Combine(full, "host.lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
        }
        catch (UnauthorizedAccessException exception)
        {
            throw new HostException($"The data folder {full} cannot be written to: {exception.Message}", exception);
        }
        catch (IOException exception)
        {
            throw new HostException($"Another local host is using the data folder {full}: stop it, or pass another folder with --data.", exception);
        }
    }

    public void Dispose() => _alone.Dispose();
}
