using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Microsoft.Data.Sqlite;

namespace Headwater.Client.Sqlite;

/// <summary>
/// Keeps the rows of one view in a folder, one SQLite database per generation. The file <c>serving</c> names the database that serves. One process uses a
/// folder at a time.
/// </summary>
/// <param name="folder">The folder, which is made if it is not there.</param>
[SuppressMessage("Design", "CA1001:Types that own disposable fields should be disposable", Justification = "The view releases the lock when it ends.")]
public sealed class SqliteStorage(string folder) : ViewStorage
{
    private const string Ending = ".db";

    private readonly Lock _gate = new();

    private FileStream? _lock;

    private string? _serving;

    /// <inheritdoc/>
    public override bool IsDurable => true;

    private string Pointer => Path.Combine(folder, "serving");

    /// <summary>
    /// Opens a connection for SQL on the rows that serve now. The table has the view's name and the columns <c>key</c> and <c>value</c>, which is JSON. The
    /// caller closes the connection; one that is open when another generation takes over goes on showing the earlier one.
    /// </summary>
    /// <exception cref="InvalidOperationException">No view has started.</exception>
    public SqliteConnection OpenReadOnly() => SqliteGeneration.Connect(
        _serving ?? throw new InvalidOperationException("No generation serves yet. Start a view with this storage first."), SqliteOpenMode.ReadOnly);

    /// <inheritdoc/>
    public override ViewGeneration? OpenServing()
    {
        Directory.CreateDirectory(folder);
        Lock();
        List<string> databases = [.. Databases().OrderDescending(StringComparer.Ordinal)];
        string? serving = File.Exists(Pointer) ? Path.Combine(folder, File.ReadAllText(Pointer).Trim()) : databases.FirstOrDefault();
        foreach (string other in databases.Where(d => d != serving))
        {
            Delete(other);
        }

        if (serving is null || !File.Exists(serving))
        {
            return null;
        }

        try
        {
            return new SqliteGeneration(serving);
        }
        catch (SqliteException damaged) when (damaged.SqliteErrorCode is 11 or 26)
        {
            Delete(serving);
            throw new InvalidDataException($"Database {Path.GetFileName(serving)} is damaged: {damaged.Message}", damaged);
        }
    }

    /// <inheritdoc/>
    public override ViewGeneration CreateNext()
    {
        Directory.CreateDirectory(folder);
        lock (_gate)
        {
            int last = Databases().Select(d => int.TryParse(Path.GetFileNameWithoutExtension(d), CultureInfo.InvariantCulture, out int n) ? n : 0)
                .DefaultIfEmpty().Max();
            return new SqliteGeneration(Path.Combine(folder, (last + 1).ToString("D6", CultureInfo.InvariantCulture) + Ending));
        }
    }

    /// <inheritdoc/>
    public override void Serve(ViewGeneration next)
    {
        string file = ((SqliteGeneration)next).File;
        string temporary = Pointer + ".writing";
        using (var pointer = new FileStream(temporary, FileMode.Create, FileAccess.Write))
        {
            pointer.Write(System.Text.Encoding.UTF8.GetBytes(Path.GetFileName(file)));
            pointer.Flush(flushToDisk: true);
        }

        File.Move(temporary, Pointer, overwrite: true);
        _serving = file;
    }

    /// <inheritdoc/>
    public override void Discard(ViewGeneration closed) => Delete(((SqliteGeneration)closed).File);

    /// <inheritdoc/>
    public override void Release()
    {
        _lock?.Dispose();
        _lock = null;
    }

    /// <summary>The system releases the lock when the process ends, also if it is killed.</summary>
    private void Lock()
    {
        try
        {
            _lock = new FileStream(Path.Combine(folder, "lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException taken)
        {
            throw new InvalidOperationException($"Another view uses the folder '{folder}'. Give each view a folder of its own.", taken);
        }
    }

    private IEnumerable<string> Databases() => Directory.EnumerateFiles(folder, "*" + Ending);

    private static void Delete(string database)
    {
        try
        {
            File.Delete(database + "-wal");
            File.Delete(database + "-shm");
            File.Delete(database);
        }
        catch (IOException)
        {
            // A connection of the program's still reads it. The next start deletes it.
        }
    }
}
