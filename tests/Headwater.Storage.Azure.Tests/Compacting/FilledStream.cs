using System.Text;
using Headwater.Core.Segments;
using Headwater.Log;
using Headwater.Log.Append;
using Headwater.Log.Compaction;
using Headwater.Log.Maintenance;
using Headwater.Log.Model;
using Headwater.Log.Ports;
using Headwater.Log.Read;
using Headwater.Testing;

namespace Headwater.Storage.Azure.Tests.Compacting;

/// <summary>An entity stream with one partition on Azurite, filled as the scale says. Its newest segment holds one event.</summary>
internal sealed class FilledStream(IBlobs blobs, CompactionScale scale)
{
    private static readonly StreamName Name = StreamName.Parse("entities");

    /// <summary>
    /// Storage reports time in whole seconds, so an event's time may be up to this far in the future. Until then its segment is too young to be sealed or
    /// compacted.
    /// </summary>
    private static readonly TimeSpan ClockTolerance = TimeSpan.FromSeconds(3);

    private int ValueBytes { get; } = scale.Event(0).Value.Length;

    public LogOptions Options { get; } = LogOptions.Default with
    {
        SegmentBytes = scale.SegmentBytes,
        SegmentAge = TimeSpan.FromMilliseconds(1),
        Compaction = CompactionOptions.Default with
        {
            MinLag = TimeSpan.Zero,
            LeaseMargin = TimeSpan.Zero,
            TargetBytes = 256 << 20,
            SaveBytes = scale.SegmentBytes,
        },
    };

    public StreamDescription Description { get; private set; } = null!;

    /// <summary>The number of events that fill the stream, numbered from 0.</summary>
    public int Events => scale.Events;

    /// <summary>The log of a new process, with all table rows lost.</summary>
    public EventLog NewLog(IBlobs through) => new(new LogPorts(through, new InMemoryTables(), TimeProvider.System, Randomness.System), Options);

    public async Task FillAsync(CancellationToken cancellation)
    {
        EventLog log = new(
            new LogPorts(blobs, new InMemoryTables(), TimeProvider.System, Randomness.System), Options with { SegmentAge = TimeSpan.FromDays(1) });
        var settings = new StreamSettings { Kind = StreamKind.Entity, Codec = BlockCodec.Deflate };
        Description = (await log.Streams.CreateAsync(Name, settings, cancellation)).Stream;
        for (int first = 0; first < scale.Events; first += scale.EventsPerRequest)
        {
            await AppendAsync(log, Enumerable.Range(first, scale.EventsPerRequest), cancellation);
        }

        await Task.Delay(ClockTolerance, TimeProvider.System, cancellation);
        await NewLog(blobs).Maintenance.RunAsync(Name, MaintenanceWork.Seal, TimeSpan.FromMinutes(1), cancellation);
        await AppendAsync(NewLog(blobs), [0], cancellation);
    }

    public async Task AppendAsync(EventLog log, IEnumerable<int> numbers, CancellationToken cancellation)
    {
        using RequestEvents request = log.NewRequest(Description, null, null);
        foreach (int number in numbers)
        {
            (string key, byte[] value) = scale.Event(number);
            request.AddBytes(new EventAttributes(key, [], null), value);
        }

        await log.AppendAsync(Description, request, AppendOptions.None, cancellation);
    }

    public async Task<CompactionReport> CompactAsync(EventLog log, CancellationToken cancellation) =>
        (await log.Maintenance.RunAsync(Name, MaintenanceWork.Compact, TimeSpan.FromMinutes(30), cancellation)).Streams[0].Partitions[0].Compaction!;

    /// <summary>Undoes compaction by deleting its results. The replaced segments still exist, because their grace period is not over.</summary>
    public async Task UndoCompactionAsync(CancellationToken cancellation)
    {
        foreach (BlobItem item in await BlobsAsync(cancellation))
        {
            if (item.Name.EndsWith("/compaction", StringComparison.Ordinal) || item.Name.Contains(".g0001.", StringComparison.Ordinal))
            {
                await blobs.DeleteAsync(item.Name, null, cancellation);
            }
        }
    }

    /// <summary>The offset and value of every event in the stream.</summary>
    public async Task<IReadOnlyList<(long Offset, string Value)>> ReadAsync(CancellationToken cancellation)
    {
        EventLog log = NewLog(blobs);
        var events = new List<(long, string)>();
        ReadFrom from = ReadFrom.Earliest;
        while (true)
        {
            using ReadPage page = await log.ReadAsync(
                Description, new ReadRequest(new(0), from, Limits.ReadEventsMax, Limits.ReadBytesMax, TimeSpan.Zero), cancellation);
            int before = events.Count;
            foreach (ReadBlock block in page.Blocks)
            {
                foreach (DecodedEvent view in block.Block.GetEvents(block.Schema))
                {
                    if (block.Deliver.Contains(view.Offset))
                    {
                        events.Add((view.Offset.Value, Encoding.UTF8.GetString(view.Value[^ValueBytes..])));
                    }
                }
            }

            if (events.Count == before)
            {
                return events;
            }

            from = ReadFrom.At(page.Range.Next);
        }
    }

    /// <summary>The live and the replaced segments.</summary>
    public async Task<IReadOnlyList<BlobItem>> SegmentsAsync(CancellationToken cancellation) =>
        [.. (await BlobsAsync(cancellation)).Where(i => i.Name.EndsWith(".avro", StringComparison.Ordinal))];

    /// <summary>All blobs of the partition.</summary>
    public async Task<IReadOnlyList<BlobItem>> BlobsAsync(CancellationToken cancellation) =>
        (await blobs.ListAsync($"{Name}/{Description.StreamId}/00000/", null, 5_000, cancellation)).Items;
}
