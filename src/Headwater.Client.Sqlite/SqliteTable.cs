using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.Json;
using Microsoft.Data.Sqlite;

namespace Headwater.Client.Sqlite;

/// <summary>The rows of a table in SQLite: the key as text, the value as JSON text.</summary>
internal sealed class SqliteTable<TValue> : ViewTable<TValue>
{
    private readonly SqliteGeneration _generation;

    private readonly SqliteCommand _get;

    private readonly SqliteCommand _set;

    private readonly SqliteCommand _remove;

    private readonly SqliteCommand _keys;

    private readonly ArrayBufferWriter<byte> _json = new();

    public SqliteTable(SqliteGeneration generation, SqliteConnection writer, string name, ValueSerializer<TValue> values)
        : base(name, values)
    {
        _generation = generation;
        string table = SqliteGeneration.Quote(SqliteGeneration.TableOf(name));
        _get = SqliteGeneration.Prepare(writer, $"SELECT value FROM {table} WHERE key = $key", "$key");
        _set = SqliteGeneration.Prepare(writer, $"INSERT INTO {table} VALUES ($key, $value) ON CONFLICT DO UPDATE SET value = $value", "$key", "$value");
        _remove = SqliteGeneration.Prepare(writer, $"DELETE FROM {table} WHERE key = $key", "$key");
        _keys = SqliteGeneration.Prepare(writer, $"SELECT CAST(key AS BLOB) FROM {table} WHERE key >= $from ORDER BY key", "$from");
    }

    [SuppressMessage("Design", "CA1031:Do not catch general exception types", Justification = "What a program's serializer throws has no common type.")]
    public override bool TryGet(string key, [MaybeNullWhen(false)] out TValue value)
    {
        try
        {
            return TryGet(_get, key, Values, out value);
        }
        catch (Exception unreadable) when (unreadable is not SqliteException)
        {
            throw new UnreadableRowException(Name, key, unreadable);
        }
    }

    public static bool TryGet(SqliteCommand get, string key, ValueSerializer<TValue> values, [MaybeNullWhen(false)] out TValue value)
    {
        get.Parameters[0].Value = key;
        using SqliteDataReader found = get.ExecuteReader();
        bool isThere = found.Read();
        value = isThere ? values.Read(Encoding.UTF8.GetBytes(found.GetString(0))) : default;
        return isThere;
    }

    public override void Set(string key, TValue value)
    {
        _json.ResetWrittenCount();
        using (var json = new Utf8JsonWriter(_json))
        {
            Values.Write(json, value);
        }

        _set.Parameters[0].Value = key;
        _set.Parameters[1].Value = Encoding.UTF8.GetString(_json.WrittenSpan);
        _set.ExecuteNonQuery();
    }

    public override void Remove(string key)
    {
        _remove.Parameters[0].Value = key;
        _remove.ExecuteNonQuery();
    }

    public override IReadOnlyList<string> KeysOf(string prefix)
    {
        List<string> keys = [];
        _keys.Parameters[0].Value = prefix;
        using SqliteDataReader found = _keys.ExecuteReader();
        while (found.Read() && SqliteReader<TValue>.KeyOf(found) is { } key && key.StartsWith(prefix, StringComparison.Ordinal))
        {
            keys.Add(key);
        }

        return keys;
    }

    public override TableReader<TValue> Read() => new SqliteReader<TValue>(_generation, SqliteGeneration.Quote(SqliteGeneration.TableOf(Name)), Values);
}

/// <summary>The rows of a table at one point in time.</summary>
internal sealed class SqliteReader<TValue>(SqliteGeneration generation, string table, ValueSerializer<TValue> values) : TableReader<TValue>
{
    private readonly SqliteConnection _connection = generation.TakeReader();

    private bool _isDisposed;

    public override long Count
    {
        get
        {
            using SqliteCommand count = SqliteGeneration.Prepare(_connection, $"SELECT COUNT(*) FROM {table}");
            return (long)count.ExecuteScalar()!;
        }
    }

    /// <summary>The key in the first column. As bytes, because SQLite's text ends at a null character when it is read.</summary>
    public static string KeyOf(SqliteDataReader row) => Encoding.UTF8.GetString((byte[])row.GetValue(0));

    public override bool TryGet(string key, [MaybeNullWhen(false)] out TValue value)
    {
        using SqliteCommand get = SqliteGeneration.Prepare(_connection, $"SELECT value FROM {table} WHERE key = $key", "$key");
        return SqliteTable<TValue>.TryGet(get, key, values, out value);
    }

    public override IEnumerable<KeyValuePair<string, TValue>> Range(string? from, string? to)
    {
        string upper = to is null ? "" : " AND key < $to";
        using SqliteCommand range = SqliteGeneration.Prepare(
            _connection, $"SELECT CAST(key AS BLOB), value FROM {table} WHERE key >= $from{upper} ORDER BY key", to is null ? ["$from"] : ["$from", "$to"]);
        range.Parameters[0].Value = from ?? "";
        if (to is not null)
        {
            range.Parameters[1].Value = to;
        }

        using SqliteDataReader rows = range.ExecuteReader();
        while (rows.Read())
        {
            yield return new(KeyOf(rows), values.Read(Encoding.UTF8.GetBytes(rows.GetString(1))));
        }
    }

    protected override void Dispose(bool disposing)
    {
        if (!_isDisposed)
        {
            _isDisposed = true;
            generation.GiveBack(_connection);
        }

        base.Dispose(disposing);
    }
}
