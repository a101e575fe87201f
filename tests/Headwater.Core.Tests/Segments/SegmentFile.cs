using Headwater.Core.Segments;

namespace Headwater.Core.Tests.Segments;

/// <summary>Reads a whole sealed segment. Like every reader of a sealed blob, it reports an incomplete block at the end.</summary>
public sealed record SegmentFile(SegmentHeader Header, IReadOnlyList<BatchRecord> Batches, IReadOnlyList<PlainEvent> Events)
{
    public static SegmentFile Read(ReadOnlySpan<byte> bytes)
    {
        if (!SegmentHeader.TryRead(bytes, out SegmentHeader? header, out int length))
        {
            throw new SegmentFormatException("a segment ends inside its header", bytes.Length);
        }

        (List<BatchRecord> batches, List<PlainEvent> events) = ReadBlocks(bytes[length..], length, header);
        return new SegmentFile(header, batches, events);
    }

    public static (List<BatchRecord> Batches, List<PlainEvent> Events) ReadBlocks(ReadOnlySpan<byte> bytes, long position, SegmentHeader header)
    {
        using var block = new DecodedBlock();
        var batches = new List<BatchRecord>();
        var events = new List<PlainEvent>();
        var scanner = new SegmentScanner(bytes, position, header.Codec, header.Sync, block);
        while (scanner.MoveNext())
        {
            batches.Add(block.Batch);
            events.AddRange(PlainEvent.AllOf(block, header.Schema));
        }

        scanner.ExpectEnd();
        return (batches, events);
    }
}
