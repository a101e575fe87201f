using Headwater.LocalHost.Errors;

namespace Headwater.LocalHost.Serving;

/// <summary>
/// The data folder of the host, locked by one host at a time. Two hosts would share one Azurite, and the first to stop would end it for
/// both.
/// </summary>
internal sealed class DataFolder : IDisposable
{
    /// <summary>The subfolder of the storage emulator.</summary>
    public const string StorageFolder = "azurite";

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

    /// <exception cref="HostException">Another host has locked the folder, or it cannot be created or written to.</exception>
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

        RequireWritable(full);
        RequireWritable(System.IO.Path.Combine(full, StorageFolder));
        try
        {
            return new DataFolder(full, new FileStream(System.IO.Path.Combine(full, "host.lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
        }
        catch (UnauthorizedAccessException exception)
        {
            throw ReadOnly(full, exception);
        }
        catch (IOException exception)
        {
            throw new HostException($"Another local host is using the data folder {full}: stop it, or pass another folder with --data.", exception);
        }
    }

    /// <summary>Creates and deletes a file. A folder that does not exist yet is writable if the folder above it is.</summary>
    private static void RequireWritable(string folder)
    {
        if (!Directory.Exists(folder))
        {
            return;
        }

        try
        {
            string probe = System.IO.Path.Combine(folder, $".{Environment.ProcessId}.probe");
            new FileStream(probe, FileMode.CreateNew, FileAccess.Write, FileShare.None, 1, FileOptions.DeleteOnClose).Dispose();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw ReadOnly(folder, exception);
        }
    }

    private static HostException ReadOnly(string folder, Exception exception)
    {
        string why = exception.Message.TrimEnd('.');
        return new HostException($"The data folder {folder} cannot be written to ({why}): make it writable, or pass another folder with --data.", exception);
    }

    public void Dispose() => _alone.Dispose();
}
