using Headwater.Core.Segments;
using Headwater.Log;
using Headwater.Log.Model;
using Headwater.Log.Read;
using Headwater.Simulation.Checking;
using Headwater.Simulation.History;

namespace Headwater.Simulation.Workload;

/// <summary>Converts decoded or raw pages into history entries.</summary>
internal static class PageReading
{
    public static async Task<PageAnswer> ReadAsync(EventLog log, StreamDescription stream, ReadRequest request, CancellationToken cancellation)
    {
        using ReadPage page = await log.ReadAsync(stream, request, cancellation);
        var events = new List<ReadEvent>();
        foreach (ReadBlock block in page.Blocks)
        {
            foreach (DecodedEvent view in block.Block.GetEvents(block.Schema))
            {
                if (block.Deliver.Contains(view.Offset))
                {
                    events.Add(Event(view, stream));
                }
            }
        }

        return Answer(events, page.Range, mayBeginEarlier: false);
    }

    public static async Task<PageAnswer> ReadRawAsync(EventLog log, StreamDescription stream, ReadRequest request, CancellationToken cancellation)
    {
        using RawPage page = await log.ReadRawAsync(stream, request, cancellation);
        var events = new List<ReadEvent>();
        if (!SegmentHeader.TryRead(page.Header.Span, out SegmentHeader? header, out _))
        {
            throw new ViolationException(ViolationKind.WrongRead, "a raw page has no header");
        }

        using var block = new DecodedBlock();
        var scanner = new SegmentScanner(page.Blocks.Span, 0, header.Codec, header.Sync, block);
        while (scanner.MoveNext())
        {
            foreach (DecodedEvent view in block.GetEvents(header.Schema))
            {
                events.Add(Event(view, stream));
            }
        }

        scanner.ExpectEnd();
        if (events.Count > 0 && events[0].Offset != page.First.Value)
        {
            throw new ViolationException(ViolationKind.WrongRead, $"a raw page begins with offset {events[0].Offset} and says {page.First}");
        }

        return Answer(events, page.Range, mayBeginEarlier: true);
    }

    private static ReadEvent Event(DecodedEvent view, StreamDescription stream) =>
        new(view.Offset.Value, EventValue.Read(view, stream.Settings.Schema is not null), view.Appended.Value);

    private static PageAnswer Answer(IReadOnlyList<ReadEvent> events, PartitionRange range, bool mayBeginEarlier) =>
        new(events, range.Next.Value, range.LogStart.Value, range.LogEnd.Value, mayBeginEarlier);
}
