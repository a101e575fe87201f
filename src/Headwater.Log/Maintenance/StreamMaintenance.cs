using Headwater.Contracts.Errors;
using Headwater.Core.Positions;
using Headwater.Log.Cleanup;
using Headwater.Log.Clock;
using Headwater.Log.Compaction;
using Headwater.Log.Model;
using Headwater.Log.Partitions;
using Headwater.Log.Ports;
using Headwater.Log.Retention;
using Headwater.Log.Segments;
using Headwater.Log.Streams;

namespace Headwater.Log.Maintenance;

/// <summary>
/// One time slice of maintenance for one stream. Opens its own copies of the stream's partitions, so it uses the state in storage and not the state cached
/// by an appender in the same process.
/// </summary>
internal sealed class StreamMaintenance(LogPorts ports, LogOptions options, StreamDescription found, TimeSlice slice)
{
    private StreamDescription _stream = found;

    private readonly PartitionSteps _steps = PartitionSteps.Over(ports, options);

    private readonly Dictionary<PartitionId, OpenPartition> _partitions = [];

    private readonly DueNext _next = new(ports.Clock, options.MaintenanceInterval);

    /// <summary>When each kind of work that this slice did is due again.</summary>
    public IReadOnlyDictionary<MaintenanceWork, UnixMicros> Next => _next.Times;

    /// <summary>False if the budget was used up, or another instance compacts a partition.</summary>
    public bool IsFinished { get; private set; } = true;

    /// <summary>Maintains the stream's partitions in order. If nothing is to be done, costs two reads per partition with a checkpoint.</summary>
    /// <exception cref="HeadwaterException">StreamNotFound; StreamChanged: segments were deleted during the call; retry.</exception>
    public async Task<IReadOnlyList<PartitionReport>> RunAsync(MaintenanceWork work, bool isDemanded, CancellationToken cancellation)
    {
        try
        {
            RetentionOutcome? retained = work.HasFlag(MaintenanceWork.Retain) ? await RetainAsync(cancellation) : null;
            var reports = new List<PartitionReport>();
            for (int i = 0; i < _stream.Partitions; i++)
            {
                if (slice.IsOver && i > 0)
                {
                    IsFinished = false;
                    _next.Sooner(work, TimeSpan.Zero);
                    break;
                }

                reports.Add(await RunAsync(new PartitionId(i), work, retained, isDemanded, cancellation));
            }

            if (work.HasFlag(MaintenanceWork.Sweep))
            {
                await new StreamFolders(ports, options.SweepAge).SweepAsync(_stream.Name, cancellation);
            }

            _next.Sooner(work, options.MaintenanceInterval);
            return reports;
        }
        catch (SegmentGoneException gone)
        {
            throw new HeadwaterException(ErrorCode.StreamChanged, $"Stream '{_stream.Name}': {gone.Message} Try again.", gone);
        }
    }

    private async Task<PartitionReport> RunAsync(
        PartitionId id, MaintenanceWork work, RetentionOutcome? retained, bool isDemanded, CancellationToken cancellation)
    {
        OpenPartition partition = Open(id);
        var report = new PartitionReport(id)
        {
            LogStart = retained?.Starts[id] ?? _stream.LogStart(id),
            SegmentsDropped = retained?.Deleted[id] ?? 0,
        };
        if (work.HasFlag(MaintenanceWork.Seal))
        {
            report = report with { Sealed = await partition.SealIfOlderAsync(_stream, SealAge, cancellation) };
            NoteSeal((await partition.TailAsync(cancellation)).Position);
        }

        if (work.HasFlag(MaintenanceWork.Checkpoint))
        {
            report = report with { Checkpointed = await partition.CheckpointAsync(_stream, cancellation) };
            _next.Sooner(MaintenanceWork.Checkpoint, report.Checkpointed ? options.PublishInterval : options.IdlePublishInterval);
        }

        if (work.HasFlag(MaintenanceWork.Compact))
        {
            report = report with { Compaction = await CompactAsync(partition, isDemanded, cancellation) };
        }

        if (work.HasFlag(MaintenanceWork.Sweep))
        {
            StoredCompaction stored = await new CompactionStore(ports.Blobs, partition.Place).ReadAsync(cancellation);
            var strays = new PartitionStrays(ports, partition.Place, options.SweepAge);

            // Keep everything if a later version of the app wrote the state: the blobs that its run needs are unknown.
            report = report with { Swept = stored.IsForeign ? 0 : await strays.SweepAsync(stored.State.Run?.Id, cancellation) };
        }

        return report with { LogEnd = (await partition.TailAsync(cancellation)).Position.Next };
    }

    private OpenPartition Open(PartitionId id)
    {
        if (!_partitions.TryGetValue(id, out OpenPartition? partition))
        {
            partition = new OpenPartition(PartitionPlace.Of(_stream, id), _steps, ports, options);
            _partitions.Add(id, partition);
        }

        return partition;
    }

    private async Task<RetentionOutcome?> RetainAsync(CancellationToken cancellation)
    {
        var retention = new StreamRetention(ports, new StreamStore(ports), _stream, Open, _steps.Opener);
        RetentionOutcome? outcome = await retention.RunAsync(cancellation);
        _next.Sooner(MaintenanceWork.Retain, outcome?.NextAt);
        if (outcome?.Starts.Any(s => s.Value > _stream.LogStart(s.Key)) ?? false)
        {
            _stream = _stream with { LogStarts = outcome.Starts };
            _partitions.Clear();
        }

        return outcome;
    }

    private async Task<CompactionReport> CompactAsync(OpenPartition partition, bool isDemanded, CancellationToken cancellation)
    {
        var compaction = new PartitionCompaction(ports, options, _stream, partition, _steps.Opener, slice);
        CompactionReport report = await compaction.RunAsync(isDemanded, cancellation);
        _next.Sooner(MaintenanceWork.Compact, report.Unfinished ? ports.Clock.Now() : report.NextAt);
        IsFinished &= !report.Unfinished;
        return report;
    }

    /// <summary>At most the retention time: retention deletes whole segments, so an older active segment would keep expired events.</summary>
    private TimeSpan SealAge => _stream.RetentionAt(ports.Clock.Now())?.Time is { } kept && kept < options.SegmentAge ? kept : options.SegmentAge;

    /// <summary>Plans the next seal. An empty segment counts as starting now, because its first event may arrive at any time.</summary>
    private void NoteSeal(TailPosition at)
    {
        long age = at.FirstAppended is { } first ? ports.Clock.Now().Value - first.Value : 0;
        _next.Sooner(MaintenanceWork.Seal, SealAge - TimeSpan.FromMicroseconds(age));
        _next.Sooner(MaintenanceWork.Seal, _stream.RetentionChangesAt(ports.Clock.Now()));
    }
}
