using System.Globalization;
using System.Text.Json;
using Headwater.Log.Ports;
using Headwater.Simulation.Checking;
using Headwater.Simulation.Service;

namespace Headwater.Simulation.Groups;

/// <summary>A partition's current row.</summary>
internal sealed record WatchedRow(long Incarnation, long? Offset, string? Metadata, string? Holder, long Generation, long Rewinds);

/// <summary>
/// Observes every transaction on group rows and every copy. Only the holder of a partition commits, only a rewind lowers an offset, and a restore skips
/// no events.
/// </summary>
internal sealed class GroupWatch
{
    private readonly OwnershipLedger _ledger;

    private readonly Dictionary<(string Group, string Row), WatchedRow> _rows = [];

    private readonly Dictionary<string, (long Incarnation, long Generation)> _groups = [];

    /// <summary>The highest offset of a row since its last rewind, even if the tables were lost since.</summary>
    private readonly Dictionary<(string Group, string Row, long Incarnation), WatchedRow> _furthest = [];

    private readonly Dictionary<(string Group, string Row), (long Incarnation, long Offset)> _copied = [];

    private readonly HashSet<(string Group, string Row, string Metadata)> _applied = [];

    public GroupWatch(StorageService service, OwnershipLedger ledger)
    {
        _ledger = ledger;
        service.RowsChanged = (table, partition, changes) => Changed(table, partition, changes);
        service.TablesLost = Lost;
        service.BlobWritten = Written;
    }

    /// <summary>The stored commits.</summary>
    public int Commits { get; private set; }

    public int Restored { get; private set; }

    public int Rewound { get; private set; }

    public int Transfers { get; private set; }

    /// <summary>A commit was acknowledged.</summary>
    public void Acknowledged(string group, int partition, string metadata)
    {
        if (!_applied.Contains((group, Row(partition), metadata)))
        {
            throw new ViolationException(ViolationKind.LostCommit, $"{group} partition {partition}: {metadata} was acknowledged and never stored");
        }
    }

    private static string Row(int partition) => string.Create(CultureInfo.InvariantCulture, $"p:{partition:D5}");

    private void Lost()
    {
        _rows.Clear();
        _groups.Clear();
    }

    private void Changed(string table, string partition, IReadOnlyList<RowChange> changes)
    {
        int colon = partition.IndexOf(':', StringComparison.Ordinal);
        if (table != StorageNames.GroupsTable || colon < 0)
        {
            return;
        }

        string group = partition[(colon + 1)..];
        bool isRestoring = changes.Any(c => c.Row == "g" && c.Values.ContainsKey("restoredFrom"));
        bool isRead = _groups.ContainsKey(group); // Rows of a deleted, lost or partially restored group have no meaning until the group's own row exists.
        foreach (RowChange change in changes.Where(c => c.Row.StartsWith("p:", StringComparison.Ordinal)))
        {
            if (change.Kind == RowChangeKind.Delete)
            {
                _rows.Remove((group, change.Row));
                continue;
            }

            WatchedRow after = Read(change.Values);
            if (isRead)
            {
                Check(group, change.Row, _rows.GetValueOrDefault((group, change.Row)), after);
            }
            else if (after.Metadata is not null && !isRestoring)
            {
                // The commit may be acknowledged, and takes effect once the group is restored. Members only replace rows.
                Require(
                    CommitTag.Parse(after.Metadata).Member is null,
                    ViolationKind.FencedCommit,
                    $"{group} {change.Row}: {after.Metadata} is stored where no member holds anything");
                _applied.Add((group, change.Row, after.Metadata));
            }

            if (!isRestoring)
            {
                Note(group, change.Row, after);
            }

            _rows[(group, change.Row)] = after;
        }

        foreach (RowChange change in changes.Where(c => c.Row == "g"))
        {
            if (change.Kind == RowChangeKind.Delete)
            {
                Deleted(group);
                continue;
            }

            if (isRestoring)
            {
                _groups.Remove(group);
            }
            else
            {
                CheckGroup(group, (long)change.Values["incarnation"], (long)change.Values["generation"], isRestored: change.Kind == RowChangeKind.Replace);
            }
        }
    }

    /// <summary>Late writes for the deleted group have no effect: the next group of that name is a different group.</summary>
    private void Deleted(string group)
    {
        _groups.Remove(group);
        foreach ((string Group, string Row) copied in _copied.Keys.Where(k => k.Group == group).ToArray())
        {
            _copied.Remove(copied);
        }
    }

    private void CheckGroup(string group, long incarnation, long generation, bool isRestored)
    {
        bool isKnown = _groups.TryGetValue(group, out var before);
        if (isKnown && before.Incarnation == incarnation && generation < before.Generation)
        {
            throw new ViolationException(ViolationKind.FencedCommit, $"{group}: generation {generation} after {before.Generation}");
        }

        if (!isKnown && isRestored)
        {
            CheckStanding(group, incarnation);
        }

        _groups[group] = (incarnation, generation);
    }

    private void Check(string group, string row, WatchedRow? before, WatchedRow after)
    {
        if (before is null || before.Incarnation != after.Incarnation)
        {
            CheckFirst(group, row, after);
            return;
        }

        if (before.Holder is not null && after.Holder is not null && before.Holder != after.Holder)
        {
            Transfers++;
        }

        if (after.Rewinds != before.Rewinds)
        {
            Require(after.Rewinds > before.Rewinds, ViolationKind.CommitWentBack, $"{group} {row}: rewind {after.Rewinds} after {before.Rewinds}");
            Rewound++;
        }
        else if (after.Offset != before.Offset || after.Metadata != before.Metadata)
        {
            Require(
                before.Offset is null || after.Offset >= before.Offset,
                ViolationKind.CommitWentBack,
                $"{group} {row}: {before.Offset} is followed by {after.Offset}, {after.Metadata}");
            CheckCommit(group, row, before, after);
        }
    }

    /// <summary>A new row: the first commit or owner.</summary>
    private void CheckFirst(string group, string row, WatchedRow after)
    {
        if (after is { Offset: { } offset, Metadata: not null })
        {
            var copied = _copied.GetValueOrDefault((group, row));
            Require(
                copied.Incarnation != after.Incarnation || offset >= copied.Offset,
                ViolationKind.CommitWentBack,
                $"{group} {row}: {offset} is committed, {copied.Offset} was copied");
            CheckCommit(group, row, new WatchedRow(after.Incarnation, null, null, null, 0, 0), after);
        }
    }

    private void Note(string group, string row, WatchedRow after)
    {
        WatchedRow? known = _furthest.GetValueOrDefault((group, row, after.Incarnation));
        if (known is null || after.Rewinds > known.Rewinds || (after.Rewinds == known.Rewinds && after.Offset > (known.Offset ?? -1)))
        {
            _furthest[(group, row, after.Incarnation)] = after;
        }
    }

    /// <summary>Late writes into lost tables count from the restore onwards.</summary>
    private void CheckStanding(string group, long incarnation)
    {
        foreach (((string _, string row), WatchedRow standing) in _rows.Where(r =>
            r.Key.Group == group && r.Value.Incarnation == incarnation && r.Value.Offset is not null))
        {
            Restored++;
            var copied = _copied.GetValueOrDefault((group, row));
            Require(
                copied.Incarnation != standing.Incarnation || standing.Offset >= copied.Offset,
                ViolationKind.CommitWentBack,
                $"{group} {row}: the row has offset {standing.Offset}, but offset {copied.Offset} was copied before");
            CheckNotSkipped(group, row, standing);
            Note(group, row, standing);
        }
    }

    private void CheckNotSkipped(string group, string row, WatchedRow restored)
    {
        WatchedRow? known = _furthest.GetValueOrDefault((group, row, restored.Incarnation));
        Require(restored.Offset <= known?.Offset, ViolationKind.Skipped, $"{group} {row}: {known?.Offset} was the furthest and {restored.Offset} is restored");
    }

    private void CheckCommit(string group, string row, WatchedRow before, WatchedRow after)
    {
        Commits++;
        _applied.Add((group, row, after.Metadata!));
        CommitTag tag = CommitTag.Parse(after.Metadata!);
        if (tag.Member is null)
        {
            return;
        }

        bool holds = before.Holder == tag.Member && tag.Generation >= before.Generation;
        Require(
            holds,
            ViolationKind.FencedCommit,
            $"{group} {row}: {after.Metadata} is stored; {before.Holder ?? "no member"} holds it since generation {before.Generation}");
        int partition = int.Parse(row.AsSpan(2), CultureInfo.InvariantCulture);
        Require(
            _ledger.Other(tag.Process, partition) is null,
            ViolationKind.FencedCommit,
            $"{group} {row}: {after.Metadata} is stored while {_ledger.Other(tag.Process, partition)} works there");
    }

    private void Written(string name, ReadOnlyMemory<byte> content)
    {
        string[] parts = name.Split('/');
        if (parts is not [_, _, "groups", var file])
        {
            return;
        }

        using JsonDocument document = JsonDocument.Parse(content);
        if (document.RootElement.TryGetProperty("offsets", out JsonElement offsets))
        {
            long incarnation = document.RootElement.GetProperty("incarnation").GetInt64();
            foreach (JsonProperty copied in offsets.EnumerateObject())
            {
                string row = Row(int.Parse(copied.Name, CultureInfo.InvariantCulture));
                _copied[(file[..^".json".Length], row)] = (incarnation, copied.Value.GetProperty("offset").GetInt64());
            }
        }
    }

    private static WatchedRow Read(IReadOnlyDictionary<string, object> values) => new(
        (long)values["incarnation"],
        values.TryGetValue("offset", out object? offset) ? (long)offset : null,
        values.GetValueOrDefault("metadata") as string,
        values.GetValueOrDefault("holder") as string,
        (long)values["generation"],
        (long)values["rewinds"]);

    private static void Require(bool holds, ViolationKind kind, string otherwise)
    {
        if (!holds)
        {
            throw new ViolationException(kind, otherwise);
        }
    }
}
