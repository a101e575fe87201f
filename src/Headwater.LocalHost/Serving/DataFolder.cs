using Headwater.LocalHost.Errors;

namespace Headwater.LocalHost.Serving;

/// <summary>
/// The data folder of the host, locked by one host at a time. Two hosts would share one Azurite, and the first to stop would end it for
/// both.
/// </summary>
internal sealed class DataFolder : IDisposable
{
    private readonly FileStream _alone;

    private DataFolder(string path, FileStream alone)
    {
        Path = path;
        _alone = alone;
    }

    public string Path { get; }

    /// <summary><c>.headwater</c> at the root of the repository that contains the current folder, otherwise in the current folder. Git ignores it.</summary>
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

    /// <exception cref="HostException">Another host has locked the folder, or it cannot be created.</exception>
    public static DataFolder Open(string path)
    {
        string full = System.IO.Path.GetFullPath(path);
        try
        {
            Directory.CreateDirectory(full);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new HostException($"The data folder {full} cannot be created: {exception.Message}", exception);
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
