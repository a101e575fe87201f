using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using Microsoft.Data.Sqlite;

namespace Headwater.Client.Sqlite;

/// <summary>One database: the tables of a generation, and its positions in the table <c>headwater_state</c>.</summary>
internal sealed class SqliteGeneration : ViewGeneration
{
    /// <summary>Connections that are kept for the next reads.</summary>
    private const int MostFree = 8;

    private readonly SqliteConnection _writer;

    private readonly ConcurrentBag<SqliteConnection> _readers = [];

    private readonly SqliteCommand _saveState;

    private readonly SqliteCommand _begin;

    private readonly SqliteCommand _commit;

    private bool _isInBatch;

    private bool _isDisposed;

    public SqliteGeneration(string file)
    {
        File = file;
        _writer = Connect(file, SqliteOpenMode.ReadWriteCreate);
        try
        {
            // A commit survives the end of the process. After a power cut the last commits may be missing, rows and positions together.
            Run(_writer, "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL");
            Run(_writer, "CREATE TABLE IF NOT EXISTS headwater_state (id INTEGER PRIMARY KEY CHECK (id = 0), state TEXT NOT NULL)");
        }
        catch
        {
            _writer.Dispose();
            throw;
        }

        _begin = Prepare(_writer, "BEGIN");
        _commit = Prepare(_writer, "COMMIT");
        _saveState = Prepare(_writer, "INSERT INTO headwater_state VALUES (0, $state) ON CONFLICT DO UPDATE SET state = $state", "$state");
    }

    public string File { get; }

    /// <summary>Opens a connection that the caller closes.</summary>
    public static SqliteConnection Connect(string file, SqliteOpenMode mode)
    {
        // Without a pool, closing a connection releases the file.
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = file, Mode = mode, Pooling = false }.ToString());
        try
        {
            connection.Open();
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    /// <summary>A name as SQL.</summary>
    public static string Quote(string name) => $"\"{name.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";

    /// <summary>A command that is compiled once.</summary>
    public static SqliteCommand Prepare(SqliteConnection connection, string sql, params string[] parameters)
    {
        SqliteCommand command = connection.CreateCommand();
        command.CommandText = sql;
        foreach (string parameter in parameters)
        {
            command.Parameters.Add(parameter, SqliteType.Text);
        }

        return command;
    }

    public static void Run(SqliteConnection connection, string sql)
    {
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    public override ViewTable<TValue> OpenTable<TValue>(string name, ValueSerializer<TValue> values)
    {
        Run(_writer, $"CREATE TABLE IF NOT EXISTS {Quote(TableOf(name))} (key TEXT PRIMARY KEY NOT NULL, value TEXT NOT NULL) WITHOUT ROWID");
        return new SqliteTable<TValue>(this, _writer, name, values);
    }

    /// <summary>The table in the database of a view's table. Names that SQLite or the storage keeps for itself are not used as they are.</summary>
    public static string TableOf(string name) =>
        name.StartsWith("sqlite_", StringComparison.OrdinalIgnoreCase) || name.StartsWith("headwater_", StringComparison.OrdinalIgnoreCase)
            ? "rows " + name
            : name;

    public override bool IsDamage(Exception failed) => failed is SqliteException { SqliteErrorCode: 11 or 26 } or UnreadableRowException;

    public override byte[]? ReadState()
    {
        using SqliteCommand command = _writer.CreateCommand();
        command.CommandText = "SELECT state FROM headwater_state";
        return command.ExecuteScalar() is string state ? System.Text.Encoding.UTF8.GetBytes(state) : null;
    }

    public override void Begin()
    {
        if (!_isInBatch)
        {
            _begin.ExecuteNonQuery();
            _isInBatch = true;
        }
    }

    public override void Commit(Func<byte[]> state)
    {
        _saveState.Parameters[0].Value = System.Text.Encoding.UTF8.GetString(state());
        _saveState.ExecuteNonQuery();
        _commit.ExecuteNonQuery();
        _isInBatch = false;
    }

    /// <summary>A connection that reads what is committed now, until it is given back.</summary>
    public SqliteConnection TakeReader()
    {
        SqliteConnection reader = _readers.TryTake(out SqliteConnection? free) ? free : Connect(File, SqliteOpenMode.ReadOnly);
        Run(reader, "BEGIN");
        Run(reader, "SELECT 1 FROM headwater_state"); // A transaction shows what is committed at its first read.
        return reader;
    }

    public void GiveBack(SqliteConnection reader)
    {
        Run(reader, "COMMIT");
        if (_isDisposed || _readers.Count >= MostFree)
        {
            reader.Dispose();
        }
        else
        {
            _readers.Add(reader);
        }
    }

    protected override void Dispose(bool disposing)
    {
        if (!_isDisposed)
        {
            _isDisposed = true;
            while (_readers.TryTake(out SqliteConnection? reader))
            {
                reader.Dispose();
            }

            _begin.Dispose();
            _commit.Dispose();
            _saveState.Dispose();
            _writer.Dispose();
        }

        base.Dispose(disposing);
    }
}

/// <summary>A row of a table is not what the program's serializer wrote.</summary>
[SuppressMessage("Design", "CA1032:Implement standard exception constructors", Justification = "Thrown in one place.")]
internal sealed class UnreadableRowException(string table, string key, Exception inner)
    : Exception($"The row of '{key}' in table '{table}' cannot be read: {inner.Message}", inner);
