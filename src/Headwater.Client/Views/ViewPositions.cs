using Headwater.Core.Positions;

namespace Headwater.Client;

/// <summary>The next offset to read of each partition of each stream.</summary>
internal sealed class ViewPositions
{
    private readonly Dictionary<string, Offset[]> _streams;

    private ViewPositions(Dictionary<string, Offset[]> streams) => _streams = streams;

    public IEnumerable<string> Streams => _streams.Keys;

    /// <summary>The positions of now, which do not change when the progress does.</summary>
    public static ViewPositions Of(IEnumerable<StreamProgress> progress) =>
        new(progress.ToDictionary(p => p.Stream.Name, p => p.Partitions.Select(r => r.Next).ToArray(), StringComparer.Ordinal));

    /// <summary>The log ends.</summary>
    public static ViewPositions OfEnds(IEnumerable<(string Stream, IReadOnlyList<PartitionPositions> Positions)> streams) =>
        new(streams.ToDictionary(s => s.Stream, s => s.Positions.OrderBy(p => p.Partition).Select(p => p.LogEnd).ToArray(), StringComparer.Ordinal));

    /// <summary>The later one of both positions, of each partition that these positions have.</summary>
    public ViewPositions LaterOf(ViewPositions other) => new(_streams.ToDictionary(
        s => s.Key,
        s => s.Value.Select((o, p) => other.Of(s.Key, new PartitionId(p)) is { } another && another > o ? another : o).ToArray(),
        StringComparer.Ordinal));

    /// <summary>The number of a stream's partitions; null if the view does not read it.</summary>
    public int? CountOf(string stream) => _streams.TryGetValue(stream, out Offset[]? offsets) ? offsets.Length : null;

    /// <summary>One partition's position; null if there is no such partition.</summary>
    public Offset? Of(string stream, PartitionId partition) =>
        _streams.TryGetValue(stream, out Offset[]? offsets) && partition.Value < offsets.Length ? offsets[partition.Value] : null;

    /// <summary>The positions of a stream that is read, by partition.</summary>
    public IReadOnlyDictionary<PartitionId, Offset> AllOf(string stream) =>
        _streams[stream].Index().ToDictionary(p => new PartitionId(p.Index), p => p.Item);

    /// <summary>Whether the event at a position is before these positions.</summary>
    public bool Includes(string stream, EventPosition position) => Of(stream, position.Partition) is { } next && position.Offset < next;

    /// <summary>Whether everything before the other positions is before these.</summary>
    public bool HasReached(ViewPositions other) =>
        other._streams.All(s => s.Value.Index().All(o => Of(s.Key, new PartitionId(o.Index)) is { } next && next >= o.Item));
}
