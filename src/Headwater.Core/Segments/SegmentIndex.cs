using System.Buffers;
using Headwater.Core.Avro;
using Headwater.Core.Positions;

namespace Headwater.Core.Segments;

/// <summary>The content of the index blob of a sealed segment, which locates blocks by offset and by append time.</summary>
/// <param name="Entries">Entries for some of the segment's blocks, ascending.</param>
/// <param name="End">The offset after the segment's last event.</param>
/// <param name="LastAppended">The append time of the segment's last event.</param>
public sealed record SegmentIndex(IReadOnlyList<IndexEntry> Entries, Offset End, UnixMicros LastAppended)
{
    private const byte Version = 1;

    private static ReadOnlySpan<byte> Magic => "HWIX"u8;

    /// <summary>Reads and verifies the content of an index blob.</summary>
    /// <exception cref="SegmentFormatException">The bytes are corrupt, or of an unsupported version.</exception>
    public static SegmentIndex Read(ReadOnlySpan<byte> data)
    {
        AvroReader reader = ChecksummedEnvelope.Open(data, Magic, Version, "an index");
        try
        {
            var index = new SegmentIndex(IndexEntries.Read(ref reader), reader.ReadOffset(), reader.ReadMicros());
            return reader.Remaining == 0 ? index : throw new AvroFormatException("bytes follow the last field of an index", reader.Position);
        }
        catch (AvroFormatException e)
        {
            throw new SegmentFormatException("an index is malformed", e.Position, e);
        }
    }

    /// <summary>Writes the content of an index blob.</summary>
    /// <exception cref="ArgumentException">The entries do not ascend.</exception>
    public void WriteTo(IBufferWriter<byte> output)
    {
        using var buffer = new PooledBuffer();
        ChecksummedEnvelope.Begin(buffer, Magic, Version);
        IndexEntries.Write(buffer, Entries);
        buffer.WriteLong(End.Value);
        buffer.WriteLong(LastAppended.Value);
        ChecksummedEnvelope.End(buffer);
        output.Write(buffer.Written);
    }

    /// <summary>The last entry at or before the offset. If null, search from the segment's first block.</summary>
    public IndexEntry? FindByOffset(Offset offset) => IndexSearch.ByOffset(Entries, offset);

    /// <summary>
    /// The entry from which to search for the first event appended at <paramref name="time"/> or later. If null, search from the segment's
    /// first block.
    /// </summary>
    public IndexEntry? FindByTime(UnixMicros time) => IndexSearch.ByTime(Entries, time);
}
