using Headwater.Contracts.Errors;
using Headwater.Core.Positions;
using Headwater.Core.Schemas;
using Headwater.Core.Segments;

namespace Headwater.Client;

/// <summary>A segment whose header has been read.</summary>
/// <param name="Segment">Where it is.</param>
/// <param name="Partition">Its partition.</param>
/// <param name="Header">Its header.</param>
/// <param name="Events">Makes events of its blocks.</param>
internal sealed record SegmentFile<T>(ReplaySegment Segment, PartitionId Partition, SegmentHeader Header, StoredEvents<T> Events)
{
    /// <summary>Whether every offset has an event, so that the number of events in a block says where the next block begins.</summary>
    public bool IsDense => Segment.Generation == 0;

    /// <summary>The end of the offsets that are read from the segment. An active segment has grown since it was listed.</summary>
    public Offset EndBefore(Offset end) => Segment.IsSealed && Segment.Next < end ? Segment.Next : end;

    /// <param name="fault">What is wrong, and at which byte.</param>
    /// <param name="inner">The error of the decoder.</param>
    public HeadwaterException Corrupt(string fault, Exception? inner = null) => Corrupt(Segment, Partition, fault, inner);

    public static HeadwaterException Corrupt(ReplaySegment segment, PartitionId partition, string fault, Exception? inner = null) =>
        new(ErrorCode.CorruptSegment.WireName(), $"Segment {segment.Name} of partition {partition} is corrupt: {fault}", inner);
}

/// <summary>Reads headers of segments, and prepares the reading of values once per schema. Thread-safe.</summary>
/// <param name="values">Reads values.</param>
/// <param name="streamId">The stream's id.</param>
internal sealed class SegmentHeaders<T>(ValueSerializer<T> values, string streamId)
{
    private readonly Lock _lock = new();

    private readonly Dictionary<string, (ValueSchema Schema, StoredValues<T> Values)> _known = new(StringComparer.Ordinal);

    /// <summary>Reads the header at the start of a segment.</summary>
    /// <param name="segment">The segment.</param>
    /// <param name="partition">Its partition.</param>
    /// <param name="data">The segment's first bytes.</param>
    /// <param name="length">The size of the header.</param>
    /// <returns>Null if more bytes are needed.</returns>
    /// <exception cref="HeadwaterException">corrupt_segment.</exception>
    public SegmentFile<T>? TryRead(ReplaySegment segment, PartitionId partition, ReadOnlySpan<byte> data, out int length)
    {
        try
        {
            if (!SegmentHeader.TryRead(data, out SegmentHeader? header, out length))
            {
                return null;
            }

            return header.StreamId == streamId && header.Partition == partition
                ? new SegmentFile<T>(segment, partition, header, new StoredEvents<T>(partition, ValuesOf(header.Schema)))
                : throw SegmentFile<T>.Corrupt(segment, partition, $"it is of stream id {header.StreamId} and partition {header.Partition}.");
        }
        catch (SegmentFormatException corrupt)
        {
            throw SegmentFile<T>.Corrupt(segment, partition, corrupt.Message, corrupt);
        }
    }

    private StoredValues<T> ValuesOf(ValueSchema schema)
    {
        string text = schema.Verbatim ?? "";
        lock (_lock)
        {
            if (!_known.TryGetValue(text, out (ValueSchema, StoredValues<T> Values) known))
            {
                known = (schema, StoredValues<T>.Of(values, schema));
                _known[text] = known;
            }

            return known.Values;
        }
    }
}
