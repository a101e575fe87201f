using System.Diagnostics;
using System.Globalization;
using Headwater.Contracts.Errors;
using Headwater.Core.Positions;
using Headwater.Core.Segments;
using Headwater.Log.Append;
using Headwater.Log.Model;
using Headwater.Log.Ports;
using Headwater.Log.Producers;
using Headwater.Queues.Handling;
using Headwater.Queues.Messages;
using Headwater.Queues.Stored;

namespace Headwater.Queues;

/// <summary>What <see cref="QueueIntake"/> needs from an append request, besides its events.</summary>
/// <param name="Stream">The description that the events were checked against.</param>
/// <param name="Target">The partition posted to; null if each event's key selects the partition.</param>
public sealed record QueuedRequest(StreamDescription Stream, PartitionId? Target)
{
    /// <summary>The Idempotency-Key as sent. It selects the partition of events without a key.</summary>
    public string? IdempotencyKey { get; init; }

    /// <summary>Identifies repeats of this request; null without an Idempotency-Key.</summary>
    public RequestIdentity? Identity { get; init; }

    /// <summary>The batch's position in a producer's sequence; null without a producer.</summary>
    public ProducerPosition? Producer { get; init; }

    /// <summary>Hash of the request's canonical body; null without a key and a producer.</summary>
    public RequestDigest? Digest { get; init; }
}

/// <summary>
/// Accepts a request's events to be appended later. Costs one storage call: the queue message, with the events if it then has at most 48 KiB. Otherwise costs
/// two: a blob of the events and the message. Costs one more the first time that this process meets a producer's epoch. The status row is written when the
/// message is handled.
/// </summary>
public sealed class QueueIntake(QueuedAppends queued)
{
    /// <summary>Checks the events and puts them on the queue.</summary>
    /// <exception cref="HeadwaterException">WrongPartition, BodyTooLarge, InvalidName, ProducerNotStarted; AppendUnknown: the message may be on the
    /// queue.</exception>
    public async Task<QueuedBatch> TakeAsync(QueuedRequest request, RequestEvents events, ReadOnlyMemory<byte> json, CancellationToken cancellation)
    {
        Check(request, events, json);
        if (request.Producer is { } producer)
        {
            await queued.Log.RequireStartedAsync(request.Stream, producer, cancellation);
        }

        using Activity? activity = QueueTelemetry.Send(StorageNames.AppendsQueue);
        QueuedBatch batch = BatchOf(request) with { TraceParent = Activity.Current?.Id, TraceState = Activity.Current?.TraceStateString };
        if (TryWriteInline(batch, json) is not { } message)
        {
            batch = batch with { Content = QueuedContent.Claimed(json.Length) };
            message = EnvelopeWriter.Write(batch, default);
            await queued.Claims.CreateAsync(ClaimBlobs.NameOf(batch)!, json, cancellation);
        }

        await SendAsync(message, cancellation);
        return batch;
    }

    /// <returns>Null if the message would be too large as sent.</returns>
    private static byte[]? TryWriteInline(QueuedBatch batch, ReadOnlyMemory<byte> json)
    {
        if (json.Length > Outbound.InlineBytes)
        {
            return null;
        }

        byte[] message = EnvelopeWriter.Write(batch, json.Span);
        return QueueText.Size(message) <= Outbound.InlineBytes ? message : null;
    }

    private static void Check(QueuedRequest request, RequestEvents events, ReadOnlyMemory<byte> json)
    {
        AppendRefusals.RequireOnePartition(events, isSequenced: request.Producer is not null, isConditional: false);
        if (json.Length > Limits.BodyBytes)
        {
            throw new HeadwaterException(
                ErrorCode.BodyTooLarge,
                $"The batch exceeds the limit of {Limits.BodyBytes:N0} bytes as JSON for asynchronous appends; split the request.");
        }
    }

    private QueuedBatch BatchOf(QueuedRequest request)
    {
        UInt128 random = queued.Context.Randomness.NextId();
        string id = TimedId.Of(queued.Context.Time.GetUtcNow(), random);
        return new QueuedBatch
        {
            Id = id,
            Stream = request.Stream.Name.Value,
            StreamId = request.Stream.StreamId,
            Partition = request.Target?.Value,
            PartitionBy = request.IdempotencyKey,
            Key = request.Identity?.Key ?? new RequestKey(UInt128.Parse(id, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture)),
            HasOwnKey = request.Identity is not null,
            Digest = request.Identity?.Digest ?? request.Digest,
            Producer = request.Producer,
        };
    }

    private async Task SendAsync(ReadOnlyMemory<byte> message, CancellationToken cancellation)
    {
        try
        {
            await queued.Outbound.SendAsync(StorageNames.AppendsQueue, message, TimeSpan.Zero, cancellation);
        }
        catch (StorageException problem) when (problem.Fault is StorageFault.Unavailable or StorageFault.Throttled)
        {
            throw new HeadwaterException(
                ErrorCode.AppendUnknown,
                "The queue did not answer, so the events may or may not have been queued. "
                    + "Send the request again with the same Idempotency-Key or Producer-Sequence.",
                problem)
            {
                RetryAfter = problem.RetryAfter,
            };
        }
    }
}
