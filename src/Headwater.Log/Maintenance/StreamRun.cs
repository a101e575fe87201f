using Headwater.Core.Positions;
using Headwater.Log.Partitions;
using Headwater.Log.Streams;

namespace Headwater.Log.Maintenance;

/// <summary>One slice of maintenance of one stream. Opens the stream's partitions anew, so that what it knows is storage's, not an appender's of the same process.</summary>
internal sealed class StreamRun(LogPorts ports, LogOptions options, StreamDescription stream, TimeSlice slice)
{
    private readonly PartitionLogs _partitions = new(ports, options);

    private readonly Dictionary<MaintenanceWork, UnixMicros> _next = [];

    /// <summary>When each kind of work just done is due again.</summary>
    public IReadOnlyDictionary<MaintenanceWork, UnixMicros> Next => _next;

    /// <summary>Whether there was time for everything.</summary>
    public bool IsFinished { get; private set; } = true;

    /// <summary>From a checkpoint, two reads a partition if nothing is to be done.</summary>
    public async Task<IReadOnlyList<PartitionReport>> RunAsync(MaintenanceWork work, bool isDemanded, CancellationToken cancellation)
    {
        var reports = new List<PartitionReport>();
        for (int i = 0; i < stream.Partitions; i++)
        {
            if (slice.IsOver && i > 0)
            {
                IsFinished = false;
                Due(work, TimeSpan.Zero);
                break;
            }

            reports.Add(await RunAsync(new PartitionId(i), work, cancellation));
        }

        Due(work & ~MaintenanceWorks.Among(_next.Keys), options.MaintenanceInterval);
        return reports;
    }

    private async Task<PartitionReport> RunAsync(PartitionId id, MaintenanceWork work, CancellationToken cancellation)
    {
        PartitionLog partition = _partitions.For(stream, id);
        var report = new PartitionReport(id) { LogStart = stream.LogStart(id) };
        if (work.HasFlag(MaintenanceWork.Seal))
        {
            report = report with { Sealed = await partition.SealIfOlderAsync(SealAge, cancellation) };
            NoteSeal((await partition.TailAsync(cancellation)).Position);
        }

        if (work.HasFlag(MaintenanceWork.Checkpoint))
        {
            report = report with { Checkpointed = await partition.CheckpointAsync(cancellation) };
            Due(MaintenanceWork.Checkpoint, report.Checkpointed ? options.PublishInterval : options.IdlePublishInterval);
        }

        return report with { LogEnd = (await partition.TailAsync(cancellation)).Position.Next };
    }

    /// <summary>A segment older than what retention keeps would keep its events for as long again.</summary>
    private TimeSpan SealAge => stream.Settings.Retention?.Time is { } kept && kept < options.SegmentAge ? kept : options.SegmentAge;

    /// <summary>An empty segment may get its first event right after this.</summary>
    private void NoteSeal(TailPosition at)
    {
        UnixMicros now = ports.Clock.Now();
        long age = at.FirstAppended is { } first ? now.Value - first.Value : 0;
        Due(MaintenanceWork.Seal, SealAge - TimeSpan.FromMicroseconds(age));
    }

    /// <summary>The soonest of a stream's partitions decides.</summary>
    private void Due(MaintenanceWork work, TimeSpan after)
    {
        TimeSpan wait = after < TimeSpan.Zero ? TimeSpan.Zero : after < options.MaintenanceInterval ? after : options.MaintenanceInterval;
        var at = UnixMicros.From(ports.Clock.Now().ToDateTimeOffset() + wait);
        foreach (MaintenanceWork one in MaintenanceWorks.Each.Where(w => work.HasFlag(w)))
        {
            _next[one] = _next.TryGetValue(one, out UnixMicros sooner) && sooner < at ? sooner : at;
        }
    }
}
