using Headwater.Log.Ports;
using Headwater.Queues.Messages;

namespace Headwater.Queues.Stored;

/// <summary>One entry of the list of messages that were given up.</summary>
/// <param name="Record">What was given up and why.</param>
/// <param name="Excerpt">The beginning of the message.</param>
public sealed record PoisonEntry(PoisonRecord Record, string Excerpt);

/// <summary>
/// The list of messages that were given up, one row each. A list is needed because a queue shows only its first 32 messages. The messages themselves are on
/// the poison queues.
/// </summary>
public sealed class PoisonList(ITables tables)
{
    private const string Table = StorageNames.AppendsTable;

    private const string Partition = "poison";

    /// <summary>Adds an entry, or replaces the one with the same ref. Costs one write.</summary>
    /// <returns>The entry's ETag.</returns>
    public async Task<string> AddAsync(PoisonEntry entry, CancellationToken cancellation)
    {
        PoisonRecord record = entry.Record;
        var values = new Dictionary<string, object>
        {
            ["queue"] = record.Queue,
            ["code"] = record.Code,
            ["reason"] = record.Reason,
            ["at"] = record.At.ToUnixTimeMilliseconds(),
            ["enqueued"] = record.Enqueued.ToUnixTimeMilliseconds(),
            ["excerpt"] = entry.Excerpt,
        };
        foreach ((string name, string? text) in new[] { ("id", record.Id), ("stream", record.Stream) })
        {
            if (text is not null)
            {
                values[name] = text;
            }
        }

        return (await tables.ApplyAsync(Table, Partition, [new RowChange(RowChangeKind.Upsert, record.Ref, values)], cancellation))![0]!;
    }

    /// <summary>Removes an entry unless it was removed or written again since it was read. Costs one write.</summary>
    /// <returns>Whether it was removed.</returns>
    public async Task<bool> RemoveAsync(string reference, string etag, CancellationToken cancellation) =>
        await tables.ApplyAsync(Table, Partition, [new RowChange(RowChangeKind.Delete, reference, new Dictionary<string, object>(), etag)], cancellation)
            is not null;

    /// <summary>Finds an entry and its ETag. Costs one read.</summary>
    /// <returns>Null if there is none.</returns>
    public async Task<(PoisonRecord Record, string ETag)?> FindAsync(string reference, CancellationToken cancellation) =>
        await tables.GetAsync(Table, new RowId(Partition, reference), cancellation) is { } row ? (Decode(row).Record, row.ETag) : null;

    /// <summary>Lists entries in the order of their first enqueue time. Costs one read.</summary>
    public async Task<IReadOnlyList<PoisonEntry>> ListAsync(string? after, int limit, CancellationToken cancellation) =>
        [.. (await tables.QueryAsync(Table, Partition, after, limit, cancellation)).Select(Decode)];

    private static PoisonEntry Decode(TableRow row) => new(
        new PoisonRecord
        {
            Ref = row.Id.Row,
            Queue = row.Text("queue") ?? "",
            Id = row.Text("id"),
            Stream = row.Text("stream"),
            Code = row.Text("code") ?? "",
            Reason = row.Text("reason") ?? "",
            At = DateTimeOffset.FromUnixTimeMilliseconds(row.Number("at") ?? 0),
            Enqueued = DateTimeOffset.FromUnixTimeMilliseconds(row.Number("enqueued") ?? 0),
        },
        row.Text("excerpt") ?? "");
}
