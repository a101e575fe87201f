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

    /// <summary>A process may rely on its mark for a minute, and a commit may be under way for one more.</summary>
    private static readonly TimeSpan MarkKept = TimeSpan.FromMinutes(3);

    private readonly ConcurrentDictionary<GroupKey, long> _marked = new();

    /// <summary>No storage call within a minute of the last, else one write.</summary>
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

    /// <summary>One query for each 1,000.</summary>
    public async Task<IReadOnlyList<ChangedGroup>> ListAsync(CancellationToken cancellation)
    {
        List<TableRow> rows = await ports.Tables.QueryAllAsync(GroupKeys.Table, GroupKeys.Changed, null, cancellation);
        return [.. rows.Select(r => new ChangedGroup(StreamName.Parse(r.Text(StreamValue)!), GroupKeys.OfMark(r.Id.Row), r.Changed, r.ETag))];
    }

    /// <summary>Takes a mark away once it is old, unless it has been made again: one write, or none.</summary>
    public async Task SettleAsync(ChangedGroup changed, CancellationToken cancellation)
    {
        if (ports.Clock.Now().ToDateTimeOffset() > changed.Marked + MarkKept)
        {
            await RemoveAsync(changed, cancellation);
        }
    }

    public async Task RemoveAsync(ChangedGroup changed, CancellationToken cancellation) =>
        await ports.Tables.ApplyAsync(GroupKeys.Table, GroupKeys.Changed, [new RowChange(RowChangeKind.Delete, GroupKeys.Mark(changed.Key), new Dictionary<string, object>(), changed.ETag)], cancellation);
}

/// <param name="Stream">Its stream's name when it was marked.</param>
/// <param name="Key">The group.</param>
/// <param name="Marked">By the service's clock.</param>
/// <param name="ETag">Of the mark.</param>
internal sealed record ChangedGroup(StreamName Stream, GroupKey Key, DateTimeOffset Marked, string ETag);
