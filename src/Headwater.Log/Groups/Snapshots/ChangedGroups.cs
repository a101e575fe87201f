using System.Collections.Concurrent;
using Headwater.Log.Groups.Rows;
using Headwater.Log.Model;
using Headwater.Log.Ports;

namespace Headwater.Log.Groups.Snapshots;

/// <summary>
/// Marks groups whose offsets change, so that the timer finds them. A process writes the mark before the change, at most once per minute and group.
/// A mark is deleted only when it is so old that no process relies on it.
/// </summary>
internal sealed class ChangedGroups(LogPorts ports)
{
    private const string StreamValue = "stream";

    private const int Remembered = 10_000;

    private static readonly TimeSpan MarkTrusted = TimeSpan.FromMinutes(1);

    /// <summary>A process relies on its mark for one minute, and a commit may be in flight for another. The third is a margin.</summary>
    private static readonly TimeSpan MarkKept = TimeSpan.FromMinutes(3);

    private readonly ConcurrentDictionary<GroupKey, long> _marked = new();

    /// <summary>Marks a group as changed. Makes no storage call if this process marked the group less than a minute ago, otherwise one write.</summary>
    public async Task MarkAsync(StreamName stream, GroupKey key, CancellationToken cancellation)
    {
        if (_marked.TryGetValue(key, out long marked) && ports.Time.GetElapsedTime(marked) < MarkTrusted)
        {
            return;
        }

        long now = ports.Time.GetTimestamp();
        var values = new Dictionary<string, object> { [StreamValue] = stream.Value };
        await ports.Tables.ApplyAsync(GroupKeys.Table, GroupKeys.Changed, [new RowChange(RowChangeKind.Upsert, GroupKeys.Mark(key), values)], cancellation);
        if (_marked.Count >= Remembered)
        {
            _marked.Clear();
        }

        _marked[key] = now;
    }

    /// <summary>Lists all marks. Costs one query per 1,000 marks. A row that is not a mark is ignored.</summary>
    public async Task<IReadOnlyList<ChangedGroup>> ListAsync(CancellationToken cancellation)
    {
        List<TableRow> rows = await ports.Tables.QueryAllAsync(GroupKeys.Table, GroupKeys.Changed, null, cancellation);
        return [.. rows.Select(Read).OfType<ChangedGroup>()];
    }

    private static ChangedGroup? Read(TableRow row) =>
        StreamName.TryParse(row.Text(StreamValue) ?? "", out StreamName stream) && GroupKeys.TryReadMark(row.Id.Row, out GroupKey key)
            ? new ChangedGroup(stream, key, row.Changed, row.ETag)
            : null;

    /// <summary>Deletes a mark that is old enough and was not written again. Costs one write, or none if the mark is too young.</summary>
    public async Task SettleAsync(ChangedGroup changed, CancellationToken cancellation)
    {
        if (ports.Clock.Now().ToDateTimeOffset() > changed.Marked + MarkKept)
        {
            await RemoveAsync(changed, cancellation);
        }
    }

    public async Task RemoveAsync(ChangedGroup changed, CancellationToken cancellation) =>
        await ports.Tables.ApplyAsync(
            GroupKeys.Table,
            GroupKeys.Changed,
            [new RowChange(RowChangeKind.Delete, GroupKeys.Mark(changed.Key), new Dictionary<string, object>(), changed.ETag)],
            cancellation);
}

/// <summary>The mark of a changed group.</summary>
/// <param name="Stream">The stream's name when the group was marked.</param>
/// <param name="Key">The group.</param>
/// <param name="Marked">When the mark was written, by the service's clock.</param>
/// <param name="ETag">The mark's ETag.</param>
internal sealed record ChangedGroup(StreamName Stream, GroupKey Key, DateTimeOffset Marked, string ETag);
