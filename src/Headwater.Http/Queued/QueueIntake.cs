using System.Diagnostics;
using System.Globalization;
using Headwater.Core.Positions;
using Headwater.Core.Segments;
using Headwater.Http.Append;
using Headwater.Http.Pipeline;
using Headwater.Http.Problems;
using Headwater.Log.Appending;
using Headwater.Log.Errors;
using Headwater.Log.Ports;
using Headwater.Log.Streams;
using Microsoft.AspNetCore.Http;

namespace Headwater.Http.Queued;

/// <param name="Stream">As described when the events were checked.</param>
/// <param name="Target">The partition posted to.</param>
/// <param name="Headers">Of the request.</param>
/// <param name="Caller">Who sends it.</param>
internal sealed record QueuedRequest(StreamDescription Stream, PartitionId? Target, AppendHeaders Headers, string Caller);

/// <summary>Takes a request's events for later: a row, a blob if they are large, a message; then 202. Two storage calls, or three; one more where a producer's epoch is first met.</summary>
internal sealed class QueueIntake(QueuedAppends queued)
{
    /// <summary>What an envelope may take beside its events.</summary>
    private const int EnvelopeBytes = 2 * 1024;

    private const int RetrySeconds = 1;

    /// <summary>W3C Trace Context asks to carry at least so much of a tracestate; what is longer is left behind.</summary>
    private const int TraceStateLength = 512;

    /// <exception cref="HeadwaterException">InvalidParameter, WrongPartition, BodyTooLarge, InvalidName, ProducerNotStarted; AppendUnknown: the message may be on the queue.</exception>
    public async Task TakeAsync(HttpContext context, QueuedRequest request, RequestEvents events, ReadOnlyMemory<byte> json, RequestDigest? digest)
    {
        Check(request, events, json);
        if (request.Headers.Producer is { } producer)
            await queued.Log.RequireStartedAsync(request.Stream, producer, context.RequestAborted);
        bool isLarge = QueueText.Size(json.Span) > Outbound.InlineBytes - EnvelopeBytes;
        QueuedBatch batch = BatchOf(request, digest) with { Content = isLarge ? QueuedContent.Claimed(json.Length) : default };
        using Activity? activity = QueueTelemetry.Send(StorageNames.AppendsQueue);
        batch = batch with { TraceParent = Activity.Current?.Id, TraceState = Activity.Current?.TraceStateString is { Length: <= TraceStateLength } state ? state : null };

        var status = new AppendStatus(batch.Id, AppendState.Queued, batch.Stream, queued.Context.Time.GetUtcNow()) { Claim = ClaimBlobs.NameOf(batch) };
        await queued.Statuses.InsertAsync(status, context.RequestAborted);
        if (isLarge)
            await queued.Claims.WriteAsync(ClaimBlobs.NameOf(batch)!, json, context.RequestAborted);
        await SendAsync(EnvelopeWriter.Write(batch, isLarge ? default : json.Span), context.RequestAborted);
        await AnswerAsync(context, batch, events.Count);
    }

    public static string StatusPath(string id) => $"/appends/{id}";

    private static void Check(QueuedRequest request, RequestEvents events, ReadOnlyMemory<byte> json)
    {
        if (request.Headers.IfOffset is not null)
            throw Refusals.Parameter(AppendHeaders.IfOffsetName, "goes with appends that are answered at once, not with Prefer: respond-async.");
        if (request.Headers.Producer is not null && events.Partitions.Skip(1).Any())
        {
            throw new HeadwaterException(
                ErrorCode.WrongPartition,
                "Producer-Sequence goes with requests whose events lie in one partition; post to /streams/{stream}/partitions/{partition}/events.");
        }

        if (json.Length > Log.Limits.BodyBytes)
            throw new HeadwaterException(ErrorCode.BodyTooLarge, $"A batch taken for later has at most {Log.Limits.BodyBytes:N0} bytes as JSON; split the request.");
    }

    private QueuedBatch BatchOf(QueuedRequest request, RequestDigest? digest)
    {
        AppendHeaders headers = request.Headers;
        UInt128 random = queued.Context.Randomness.NextId();
        string id = TimedId.Of(queued.Context.Time.GetUtcNow(), random);
        return new QueuedBatch
        {
            Id = id,
            Stream = request.Stream.Name.Value,
            StreamId = request.Stream.StreamId,
            Partition = request.Target?.Value,
            PartitionBy = headers.IdempotencyKey,
            Key = headers.IdempotencyKey is { } key ? AppendHeaders.KeyOf(request.Caller, key) : new RequestKey(UInt128.Parse(id, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture)),
            HasOwnKey = headers.IdempotencyKey is not null,
            Digest = digest,
            Producer = headers.Producer,
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
                "The queue did not answer; the events may have been taken for later or not. Send them again with the same Idempotency-Key or sequence.",
                problem)
            {
                RetryAfter = problem.RetryAfter,
            };
        }
    }

    private static Task AnswerAsync(HttpContext context, QueuedBatch batch, int count)
    {
        context.Response.Headers.Location = StatusPath(batch.Id);
        context.Response.Headers["Preference-Applied"] = AppendHeaders.RespondAsync;
        context.Response.Headers.RetryAfter = RetrySeconds.ToString(CultureInfo.InvariantCulture);
        return Answer.JsonAsync(context, StatusCodes.Status202Accepted, json =>
        {
            json.WriteStartObject();
            json.WriteString("id", batch.Id);
            json.WriteString("status", "queued");
            json.WriteString("stream", batch.Stream);
            json.WriteNumber("count", count);
            json.WriteEndObject();
        });
    }
}
