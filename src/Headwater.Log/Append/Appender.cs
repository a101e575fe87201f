using System.Diagnostics;
using Headwater.Contracts.Errors;
using Headwater.Core.Positions;
using Headwater.Log.Model;
using Headwater.Log.Partitions;
using Headwater.Log.Ports;
using Headwater.Log.Producers;
using Headwater.Log.Telemetry;

namespace Headwater.Log.Append;

/// <summary>
/// Appends a request's events to their partitions and gathers the answers. Costs one AppendBlock per partition touched, shared with other batches that wait
/// for the partition.
/// </summary>
internal sealed class Appender(
    LogPorts ports, LogOptions options, Func<StreamDescription, PartitionId, HeldPartition<GroupCommit>> appends, ProducerEpochs producers)
{
    private readonly Admission _admission = new(options.InFlightBytes);

    public async Task<AppendOutcome> AppendAsync(StreamDescription stream, RequestEvents events, AppendOptions request, CancellationToken cancellation)
    {
        long began = ports.Time.GetTimestamp();
        using Activity? span = AppendTelemetry.Begin(events);
        RequireAppendable(events, request);
        if (request.Producer is { } producer)
        {
            await producers.RequireStartedAsync(stream, producer, cancellation);
        }

        using Admission.Admitted admitted = _admission.Enter(events.Shares.Sum(s => s.Events.Bytes));
        cancellation.ThrowIfCancellationRequested();
        Task<ShareOutcome>[] shares = [.. events.Shares.Select(share => AppendShareAsync(stream, share, request, cancellation))];
        AppendOutcome outcome = Gather(await Task.WhenAll(shares));
        DurationTelemetry.Appended(ports.Time.GetElapsedTime(began));
        return outcome;
    }

    private static void RequireAppendable(RequestEvents events, AppendOptions request)
    {
        if (events.Faults.Count > 0)
        {
            throw new HeadwaterException(ErrorCode.EventInvalid, "Some events are invalid. Nothing from this request was stored.")
            {
                Facts = new EventFaultsFacts(events.Faults),
            };
        }

        AppendRefusals.RequireEvents(events);
        AppendRefusals.RequireOnePartition(events, request.Producer is not null, request.IfOffset is not null);
    }

    /// <summary>Waits for the answer even if the client cancels, because the batch's buffer is in use until then.</summary>
    private async Task<ShareOutcome> AppendShareAsync(StreamDescription stream, PartitionShare share, AppendOptions request, CancellationToken cancellation)
    {
        var batch = new PendingBatch(share.Events, request, stream, cancellation) { EnqueuedAt = ports.Time.GetTimestamp() };
        using HeldPartition<GroupCommit> held = appends(stream, share.Partition);
        held.Value.Enqueue(batch);
        try
        {
            StoredShare stored = await batch.Answered;
            return new ShareOutcome(new PartitionAppend(share.Partition, stored.First, share.Indexes, stored.IsReplay), null);
        }
        catch (HeadwaterException problem)
        {
            return new ShareOutcome(null, new PartitionFailure(share.Partition, share.Indexes, problem));
        }
    }

    /// <summary>If every share failed, the request fails as a whole. An error that leaves the outcome unknown takes precedence over other errors.</summary>
    private static AppendOutcome Gather(ShareOutcome[] shares)
    {
        PartitionFailure[] failed = [.. shares.Select(s => s.Failure).OfType<PartitionFailure>()];
        if (failed.Length == shares.Length)
        {
            throw failed.OrderByDescending(f => f.Error.Appended == Appended.Unknown).First().Error;
        }

        return new AppendOutcome([.. shares.Select(s => s.Stored).OfType<PartitionAppend>()], failed);
    }

    private sealed record ShareOutcome(PartitionAppend? Stored, PartitionFailure? Failure);
}
