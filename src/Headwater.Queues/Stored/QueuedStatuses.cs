using System.Globalization;
using System.Text.Json;
using Headwater.Log.Ports;
using Headwater.Queues.Messages;

namespace Headwater.Queues.Stored;

/// <summary>
/// Statuses of queued batches, one row each in table <c>appends</c>. The partition key is the day of the id and its last hex digit: 16 keys per day, so that
/// a burst is not limited to the 2,000 rows
/// per second of one key, and whole days can be swept. The row is written when the batch is handled. If rows are lost, only statuses are unknown; appends are
/// not affected.
/// </summary>
public sealed class QueuedStatuses(ITables tables)
{
    /// <summary>Partition keys per day.</summary>
    public const int Shards = 16;

    /// <summary>Characters per property, below the limit of 64 KiB of UTF-16. The partitions of a large batch need several properties.</summary>
    private const int TextLength = 30_000;

    private const string Table = StorageNames.AppendsTable;

    private const string Discarded = "discarded";

    private const string Suspected = "suspected";

    /// <summary>Inserts a status. Never overwrites one: the batch may be handled before this call reaches storage. Costs one write.</summary>
    public async Task InsertAsync(QueuedStatus status, CancellationToken cancellation) =>
        await tables.ApplyAsync(Table, PartitionOf(status.Id), [new RowChange(RowChangeKind.Insert, status.Id, Encode(status))], cancellation);

    /// <summary>Writes a status. Costs one write.</summary>
    public async Task RecordAsync(QueuedStatus status, CancellationToken cancellation) =>
        await tables.ApplyAsync(Table, PartitionOf(status.Id), [new RowChange(RowChangeKind.Upsert, status.Id, Encode(status))], cancellation);

    /// <summary>Writes a status unless it changed since it was read. Costs one write.</summary>
    public async Task ReplaceAsync(QueuedStatus status, string etag, CancellationToken cancellation) =>
        await tables.ApplyAsync(Table, PartitionOf(status.Id), [new RowChange(RowChangeKind.Replace, status.Id, Encode(status), etag)], cancellation);

    /// <summary>Finds a status. Costs one read.</summary>
    /// <returns>Null if the id is unknown or the status has expired.</returns>
    public async Task<QueuedStatus?> FindAsync(string id, CancellationToken cancellation) => (await FindRowAsync(id, cancellation))?.Status;

    /// <inheritdoc cref="FindAsync"/>
    public async Task<(QueuedStatus Status, string ETag)?> FindRowAsync(string id, CancellationToken cancellation) =>
        await tables.GetAsync(Table, new RowId(PartitionOf(id), id), cancellation) is { } row ? (Decode(row), row.ETag) : null;

    /// <summary>Finds the status of a message's batch, or makes one: a batch that no process has handled has no row. Costs one read.</summary>
    /// <returns>Null if the batch was not posted or is appended.</returns>
    public async Task<QueuedStatus?> FindUnfinishedAsync(MessageIdentity identity, DateTimeOffset now, CancellationToken cancellation)
    {
        if (identity is not { IsPosted: true, Id: { } id })
        {
            return null;
        }

        QueuedStatus status = await FindAsync(id, cancellation) ?? NewOf(identity, id, now);
        return status.State == AppendState.Appended ? null : status;
    }

    /// <summary>
    /// Records the batch of a message that the host gave up as poisoned, unless it is no longer queued. Costs one read, and one write if it is queued.
    /// </summary>
    public async Task GiveUpAsync(MessageIdentity identity, PoisonRecord record, DateTimeOffset now, CancellationToken cancellation)
    {
        if (identity is not { IsPosted: true, Id: { } id })
        {
            return;
        }

        (QueuedStatus Status, string ETag)? row = await FindRowAsync(id, cancellation);
        QueuedStatus status = row?.Status ?? NewOf(identity, id, now);
        if (status.State != AppendState.Queued)
        {
            return;
        }

        QueuedStatus poisoned = status.GivenUp(record);
        await (row is { ETag: var etag } ? ReplaceAsync(poisoned, etag, cancellation) : InsertAsync(poisoned, cancellation));
    }

    /// <summary>Lists a day's statuses of one shard in the order of their ids. Costs one read.</summary>
    public async Task<IReadOnlyList<(QueuedStatus Status, string ETag)>> ListAsync(
        long day,
        int shard,
        string? after,
        int limit,
        CancellationToken cancellation) =>
        [.. (await tables.QueryAsync(Table, PartitionOf(day, shard), after, limit, cancellation)).Select(row => (Decode(row), row.ETag))];

    /// <summary>Deletes statuses of one day and shard in one write. If any of the rows changed since it was read, none is deleted.</summary>
    public async Task<bool> ForgetAsync(IReadOnlyList<(QueuedStatus Status, string ETag)> statuses, CancellationToken cancellation) =>
        await tables.ApplyAsync(
            Table,
            PartitionOf(statuses[0].Status.Id),
            [.. statuses.Select(s => new RowChange(RowChangeKind.Delete, s.Status.Id, new Dictionary<string, object>(), s.ETag))],
            cancellation) is not null;

    /// <summary>The day number of a time, in days since 1970-01-01.</summary>
    public static long DayOf(DateTimeOffset time) => time.ToUnixTimeSeconds() / 86_400;

    private static QueuedStatus NewOf(MessageIdentity identity, string id, DateTimeOffset now) =>
        new(id, AppendState.Queued, identity.Stream ?? "", now) { Claim = identity.Batch is { } batch ? ClaimBlobs.NameOf(batch) : null };

    private static string PartitionOf(string id) =>
        PartitionOf(DayOf(TimedId.TimeOf(id)), int.Parse(id.AsSpan(id.Length - 1), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture));

    private static string PartitionOf(long day, int shard) => string.Create(CultureInfo.InvariantCulture, $"{day:D6}-{shard:x}");

    private static Dictionary<string, object> Encode(QueuedStatus status)
    {
        var values = new Dictionary<string, object>
        {
            ["state"] = JsonNamingPolicy.CamelCase.ConvertName(status.State.ToString()),
            ["stream"] = status.Stream,
            ["at"] = status.At.ToUnixTimeMilliseconds(),
        };
        if (status.State == AppendState.Appended)
        {
            values["count"] = (long)status.Count;
            string shares = JsonSerializer.Serialize(status.Partitions, QueuedJson.Default.IReadOnlyListQueuedShare);
            for (int part = 0; part * TextLength < shares.Length; part++)
            {
                values[SharesName(part)] = shares[(part * TextLength)..Math.Min((part + 1) * TextLength, shares.Length)];
            }
        }

        if (status.SuspectedAt is { } suspected)
        {
            values[Suspected] = suspected.ToUnixTimeMilliseconds();
        }

        if (status.IsDiscarded)
        {
            values[Discarded] = 1L;
        }

        foreach ((string name, string? text) in new[] { ("code", status.Code), ("reason", status.Reason), ("claim", status.Claim) })
        {
            if (text is not null)
            {
                values[name] = text;
            }
        }

        return values;
    }

    private static QueuedStatus Decode(TableRow row)
    {
        AppendState state = Enum.TryParse(row.Text("state"), ignoreCase: true, out AppendState known) ? known : AppendState.Queued;
        return new QueuedStatus(row.Id.Row, state, row.Text("stream") ?? "", DateTimeOffset.FromUnixTimeMilliseconds(row.Number("at") ?? 0))
        {
            Count = (int)(row.Number("count") ?? 0),
            Partitions = SharesOf(row) is { Length: > 0 } shares ? JsonSerializer.Deserialize(shares, QueuedJson.Default.IReadOnlyListQueuedShare) ?? [] : [],
            Code = row.Text("code"),
            Reason = row.Text("reason"),
            Claim = row.Text("claim"),
            SuspectedAt = row.Number(Suspected) is { } suspected ? DateTimeOffset.FromUnixTimeMilliseconds(suspected) : null,
            IsDiscarded = row.Number(Discarded) is not null,
        };
    }

    private static string SharesOf(TableRow row)
    {
        string shares = "";
        for (int part = 0; row.Text(SharesName(part)) is { } text; part++)
        {
            shares += text;
        }

        return shares;
    }

    private static string SharesName(int part) => part == 0 ? "partitions" : string.Create(CultureInfo.InvariantCulture, $"partitions{part}");
}
