using System.Text.Json;
using Headwater.Contracts.Errors;
using Headwater.Core.Positions;
using Headwater.Core.Segments;
using Headwater.Formats.CloudEvents;
using Headwater.Formats.Incoming;
using Headwater.Formats.Json;
using Headwater.Formats.Parsing;
using Headwater.Log;
using Headwater.Log.Appending;
using Headwater.Log.Streams;
using Headwater.Queues.Messages;
using Headwater.Queues.Stored;

namespace Headwater.Queues.Handling;

/// <summary>Appends what a message asks for, once, as if it had been posted.</summary>
public sealed class QueuedAppender(EventLog log, ClaimBlobs claims, QueuedOptions options, TimeProvider time)
{
    /// <summary>A batch this close behind the one that is due may be waiting for a neighbour being handled right now.</summary>
    private const int Neighbours = 32;

    private readonly Turns _turns = new();

    /// <summary>One AppendBlock for each partition touched, shared with what else waits there; one read more for a claim-checked batch.</summary>
    /// <param name="batch">What to append.</param>
    /// <param name="since">It was first enqueued then.</param>
    /// <param name="cancellation">The host stops.</param>
    /// <exception cref="HeadwaterException">Not all of it is stored; <see cref="Verdicts"/> says what follows.</exception>
    public async Task<AppendOutcome> AppendAsync(QueuedBatch batch, DateTimeOffset since, CancellationToken cancellation)
    {
        StreamDescription stream = await StreamOfAsync(batch, cancellation);
        if (batch.Content.ClaimBytes is not { } bytes)
            return await AppendAsync(batch, stream, into => Read(batch.Content, into), since, cancellation);
        if (batch.StreamId is null || !TimedId.IsWellFormed(batch.Id))
            throw Refusals.MalformedBody("An envelope whose events are in a blob names its stream's id.");
        return await claims.ReadAsync(
            ClaimBlobs.NameOf(batch)!,
            bytes,
            async content =>
            {
                using JsonDocument document = JsonBodies.Parse(content);
                return await AppendAsync(batch, stream, into => JsonEvents.ReadArray(document.RootElement, into, takesBytes: true), since, cancellation);
            },
            cancellation);
    }

    private static void Read(QueuedContent content, IncomingEvents into)
    {
        if (content.CloudEvent is { } item)
            CloudEventBodies.ReadOne(item, into);
        else if (content.Events is { } events)
            JsonEvents.ReadArray(events, into, takesBytes: true);
    }

    /// <summary>The stream as it stands now: what speaks against the batch is believed only of a description just read.</summary>
    private async Task<StreamDescription> StreamOfAsync(QueuedBatch batch, CancellationToken cancellation)
    {
        var name = StreamName.Parse(batch.Stream);
        StreamDescription stream = await log.Streams.GetAsync(name, cancellation);
        if (Against(batch, stream) is null)
            return stream;
        stream = await log.Streams.ReloadAsync(name, cancellation);
        return Against(batch, stream) is { } reason ? throw reason : stream;
    }

    private static HeadwaterException? Against(QueuedBatch batch, StreamDescription stream)
    {
        if (batch.StreamId is { } id && id != stream.StreamId)
            return new HeadwaterException(ErrorCode.StreamNotFound, $"The batch is for stream '{stream.Name}' with id {id}, which was deleted; the stream of that name now is another.");
        return batch.FromInbox && !stream.Settings.Inbox
            ? new HeadwaterException(ErrorCode.InboxClosed, $"Stream '{stream.Name}' takes nothing from the inbox. PATCH /streams/{stream.Name} with {{\"inbox\":true}} opens it.")
            : null;
    }

    private async Task<AppendOutcome> AppendAsync(QueuedBatch batch, StreamDescription stream, Action<IncomingEvents> read, DateTimeOffset since, CancellationToken cancellation)
    {
        PartitionId? target = batch.Partition is { } number ? stream.Partition(number) : null;
        using RequestEvents events = log.NewRequest(stream, target, batch.Producer?.Id ?? batch.PartitionBy ?? batch.Id);
        using EventDigest? digest = batch.Digest is null && batch.Content.CloudEvent is null ? new EventDigest() : null;
        var incoming = new IncomingEvents(events, stream.Schema, digest);
        read(incoming);
        incoming.ThrowIfUnfit();

        var identity = new RequestIdentity(batch.Key, batch.Digest ?? digest?.Finish() ?? new RequestDigest(batch.Key.Value));
        if (batch.Producer is not { } producer)
        {
            await log.RecallAsync(stream, events, batch.Key, since - options.ClockTolerance, cancellation);
            return WholeOrThrow(await log.AppendAsync(stream, events, new AppendOptions { Request = identity }, cancellation));
        }

        var appending = new AppendOptions { Producer = producer, Request = batch.HasOwnKey ? identity : null };
        return await InTurnAsync(stream, events, appending, Turn.Of(stream.StreamId, events.Partitions.First(), producer), cancellation);
    }

    /// <summary>Tries again once the batch before it has been appended in this process; gives up soon if nobody here is at it.</summary>
    private async Task<AppendOutcome> InTurnAsync(StreamDescription stream, RequestEvents events, AppendOptions appending, Turn turn, CancellationToken cancellation)
    {
        TaskCompletionSource before = _turns.Enter(turn);
        try
        {
            AppendOutcome outcome;
            try
            {
                outcome = WholeOrThrow(await log.AppendAsync(stream, events, appending, cancellation));
            }
            catch (HeadwaterException gap) when (gap.Code == ErrorCode.SequenceGap && IsNear(gap, turn))
            {
                if (!await IsTurnAsync(before.Task, cancellation))
                    throw;
                outcome = WholeOrThrow(await log.AppendAsync(stream, events, appending, cancellation));
            }

            _turns.Passed(turn);
            return outcome;
        }
        finally
        {
            _turns.Leave(turn, before);
        }
    }

    private static bool IsNear(HeadwaterException gap, Turn turn) =>
        gap.Facts is SequenceGapFacts due && turn.Sequence - due.ExpectedSequence <= Neighbours;

    private async Task<bool> IsTurnAsync(Task before, CancellationToken cancellation)
    {
        if (options.TurnPatience <= TimeSpan.Zero)
            return before.IsCompleted;
        using CancellationTokenSource done = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        await Task.WhenAny(before, Task.Delay(options.TurnPatience, time, done.Token));
        await done.CancelAsync();
        cancellation.ThrowIfCancellationRequested();
        return before.IsCompleted;
    }

    private static AppendOutcome WholeOrThrow(AppendOutcome outcome) => outcome.Failed.Count == 0 ? outcome : throw Verdicts.Worst(outcome);
}
