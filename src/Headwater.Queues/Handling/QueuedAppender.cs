using Headwater.Contracts.Errors;
using Headwater.Core.Positions;
using Headwater.Core.Segments;
using Headwater.Formats.CloudEvents;
using Headwater.Formats.Incoming;
using Headwater.Formats.Json;
using Headwater.Formats.Parsing;
using Headwater.Log;
using Headwater.Log.Append;
using Headwater.Log.Model;
using Headwater.Queues.Messages;
using Headwater.Queues.Stored;

namespace Headwater.Queues.Handling;

/// <summary>Appends the batch of a message exactly once, like a posted request.</summary>
public sealed class QueuedAppender(EventLog log, ClaimBlobs claims, QueuedOptions options, TimeProvider time)
{
    /// <summary>If a batch is at most 32 sequence numbers ahead of the expected one, this process may be handling its predecessor at the same time.</summary>
    private const int Neighbours = 32;

    private readonly SequenceGate _gate = new();

    /// <summary>Costs one AppendBlock per partition, shared with concurrent appends, and one read if the events are in a blob.</summary>
    /// <param name="batch">The batch to append.</param>
    /// <param name="since">When the batch was first enqueued.</param>
    /// <param name="cancellation">Cancelled when the host stops.</param>
    /// <exception cref="HeadwaterException">Not every event is stored; <see cref="MessageDispositions"/> maps the error to what happens to the
    /// message.</exception>
    public async Task<AppendOutcome> AppendAsync(QueuedBatch batch, DateTimeOffset since, CancellationToken cancellation)
    {
        StreamDescription stream = await StreamOfAsync(batch, cancellation);
        if (batch.Content.ClaimBytes is not { } bytes)
        {
            return await AppendAsync(batch, stream, into => Read(batch.Content, into), since, cancellation);
        }

        if (batch.Content.Token is null && batch.StreamId is null)
        {
            throw Refusals.MalformedBody("The envelope has claim but no streamId; an envelope whose events are in a blob must name both.");
        }

        return await claims.ReadAsync(
            ClaimBlobs.NameOf(batch)!,
            bytes,
            content => batch.Content.Token is not null && IsObject(content.Span)
                ? AppendCloudEventAsync(batch, stream, content, since, cancellation)
                : AppendAsync(batch, stream, into => JsonEvents.ReadCopy(content, into), since, cancellation),
            cancellation);
    }

    // A blob contains an array of events, or the CloudEvent of an inbox message.
    private static bool IsObject(ReadOnlySpan<byte> content) => content.TrimStart(" \t\r\n"u8) is [(byte)'{', ..];

    private async Task<AppendOutcome> AppendCloudEventAsync(
        QueuedBatch batch, StreamDescription stream, ReadOnlyMemory<byte> content, DateTimeOffset since, CancellationToken cancellation)
    {
        using ParsedJson document = JsonBodies.Parse(content, claims.Budget);
        QueuedBatch found = batch with { Content = QueuedContent.OfCloudEvent(document.Root) };
        return await AppendAsync(found, stream, into => Read(found.Content, into), since, cancellation);
    }

    private static void Read(QueuedContent content, IncomingEvents into)
    {
        if (content.CloudEvent is { } item)
        {
            CloudEventBodies.ReadOne(item, into);
        }
        else if (content.Events is { } events)
        {
            JsonEvents.ReadArray(events, into, takesBytes: true);
        }
    }

    /// <summary>Finds the stream of a batch. A cached description is never a reason to refuse the batch: it is read again first.</summary>
    private async Task<StreamDescription> StreamOfAsync(QueuedBatch batch, CancellationToken cancellation)
    {
        var name = StreamName.Parse(batch.Stream);
        StreamDescription stream = await log.Streams.GetAsync(name, cancellation);
        if (Against(batch, stream) is null)
        {
            return stream;
        }

        stream = await log.Streams.ReloadAsync(name, cancellation);
        return Against(batch, stream) is { } reason ? throw reason : stream;
    }

    private static HeadwaterException? Against(QueuedBatch batch, StreamDescription stream)
    {
        if (batch.StreamId is { } id && id != stream.StreamId)
        {
            return new HeadwaterException(
                ErrorCode.StreamNotFound,
                $"The batch is for stream '{stream.Name}' with id {id}, which was deleted. The stream that has this name now has id {stream.StreamId}.");
        }

        return batch.FromInbox && !stream.Settings.Inbox
            ? new HeadwaterException(
                ErrorCode.InboxClosed,
                $"Stream '{stream.Name}' does not accept messages from the inbox. To accept them, PATCH /streams/{stream.Name} with {{\"inbox\":true}}.")
            : null;
    }

    private async Task<AppendOutcome> AppendAsync(
        QueuedBatch batch,
        StreamDescription stream,
        Action<IncomingEvents> read,
        DateTimeOffset since,
        CancellationToken cancellation)
    {
        PartitionId? target = batch.Partition is { } number ? stream.Partition(number) : null;
        using RequestEvents events = log.NewRequest(stream, target, batch.Producer?.Id ?? batch.PartitionBy ?? batch.Id, claims.Budget);
        using EventDigest? computed = batch.Digest is null && batch.Content.CloudEvent is null ? new EventDigest() : null;
        var incoming = new IncomingEvents(events, stream.Schema, claims.Budget, computed);
        read(incoming);
        incoming.ThrowIfUnfit();

        RequestDigest? digest = batch.Digest ?? computed?.Finish();
        var identity = new RequestIdentity(batch.Key, digest ?? new RequestDigest(batch.Key.Value));
        if (batch.Producer is not { } producer)
        {
            if (!batch.IsForced)
            {
                await log.RecallAsync(stream, events, batch.Key, UnixMicros.From(since).Plus(-options.ClockTolerance).ToDateTimeOffset(), cancellation);
            }

            return WholeOrThrow(await log.AppendAsync(stream, events, new AppendOptions { Request = identity }, cancellation));
        }

        var appending = new AppendOptions
        {
            Producer = producer,
            Request = batch.HasOwnKey ? identity : null,
            // A copied event may have another digest than the posted one, so the digest of a batch that was posted without one is unknown.
            Digest = batch.FromInbox ? digest : batch.Digest,
        };
        return await AppendInSequenceAsync(stream, events, appending, SequencePlace.Of(stream.StreamId, events.Partitions.First(), producer), cancellation);
    }

    /// <summary>
    /// If the predecessor is missing, waits up to <see cref="QueuedOptions.PredecessorTimeout"/> for this process to append it, then retries once.
    /// </summary>
    private async Task<AppendOutcome> AppendInSequenceAsync(
        StreamDescription stream,
        RequestEvents events,
        AppendOptions appending,
        SequencePlace place,
        CancellationToken cancellation)
    {
        TaskCompletionSource before = _gate.Enter(place);
        try
        {
            AppendOutcome outcome;
            try
            {
                outcome = WholeOrThrow(await log.AppendAsync(stream, events, appending, cancellation));
            }
            catch (HeadwaterException gap) when (gap.Code == ErrorCode.SequenceGap && IsNear(gap, place))
            {
                if (!await WaitForPredecessorAsync(before.Task, cancellation))
                {
                    throw;
                }

                outcome = WholeOrThrow(await log.AppendAsync(stream, events, appending, cancellation));
            }

            _gate.Passed(place);
            return outcome;
        }
        finally
        {
            _gate.Leave(place, before);
        }
    }

    private static bool IsNear(HeadwaterException gap, SequencePlace place) =>
        gap.Facts is SequenceGapFacts due && place.Sequence - due.ExpectedSequence <= Neighbours;

    private async Task<bool> WaitForPredecessorAsync(Task before, CancellationToken cancellation)
    {
        if (options.PredecessorTimeout <= TimeSpan.Zero)
        {
            return before.IsCompleted;
        }

        using CancellationTokenSource done = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        await Task.WhenAny(before, Task.Delay(options.PredecessorTimeout, time, done.Token));
        await done.CancelAsync();
        cancellation.ThrowIfCancellationRequested();
        return before.IsCompleted;
    }

    private static AppendOutcome WholeOrThrow(AppendOutcome outcome) => outcome.Failed.Count == 0 ? outcome : throw MessageDispositions.Worst(outcome);
}
