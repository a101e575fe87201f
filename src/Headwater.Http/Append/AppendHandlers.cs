using Headwater.Contracts.Json;
using Headwater.Core.Positions;
using Headwater.Formats.Incoming;
using Headwater.Http.Answers;
using Headwater.Http.Bodies;
using Headwater.Http.Requests;
using Headwater.Log;
using Headwater.Log.Append;
using Headwater.Log.Budgets;
using Headwater.Log.Model;
using Headwater.Queues;
using Headwater.Queues.Messages;
using Microsoft.AspNetCore.Http;

namespace Headwater.Http.Append;

/// <summary>Appends events and starts sequenced producers.</summary>
internal sealed class AppendHandlers(EventLog log, QueuedAppends queued, RequestBody bodies)
{
    private readonly QueueIntake _intake = new(queued);

    public async Task ToStreamAsync(HttpContext context)
    {
        StreamDescription stream = await StreamReading.MeantAsync(log, context);
        await AppendAsync(context, stream, null);
    }

    public async Task ToPartitionAsync(HttpContext context)
    {
        StreamDescription stream = await StreamReading.MeantAsync(log, context);
        await AppendAsync(context, stream, RequestPath.Partition(context, stream));
    }

    public async Task StartProducerAsync(HttpContext context)
    {
        _ = new QueryParameters(context.Request);
        StreamDescription stream = await log.Streams.GetAsync(RequestPath.Stream(context), context.RequestAborted);
        ProducerStart start = await log.StartProducerAsync(stream, RequestPath.Producer(context), context.RequestAborted);
        await Answer.JsonAsync(context, StatusCodes.Status200OK, AppendJson.Of(start), ContractJson.Default.ProducerStartAnswer);
    }

    private async Task AppendAsync(HttpContext context, StreamDescription stream, PartitionId? target)
    {
        _ = new QueryParameters(context.Request);
        var headers = AppendHeaders.Read(context.Request);
        AppendBody format = AppendBodies.Of(context.Request);
        // A repeat must go to the same partition as the first request, so events without a key are placed by the Idempotency-Key or producer.
        using PooledBytes body = await bodies.ReadAsync(context);
        using RequestEvents events = log.NewRequest(stream, target, headers.Producer?.Id ?? headers.IdempotencyKey, body.Budget);
        using EventDigest? digest = headers.IdempotencyKey is null && headers.Producer is null ? null : new EventDigest();
        using EventCopy? copy = headers.RespondsAsync ? new EventCopy(stream.Schema, body.Budget) : null;
        var incoming = new IncomingEvents(events, stream.Schema, body.Budget, digest, copy);
        AppendBodies.Read(format, context.Request, body, incoming);
        body.Dispose();

        if (format == AppendBody.CloudEventBatch && events.Count == 0 && headers.IfOffset is null)
        {
            // CloudEvents JSON format 1.0.2, 4.3: an empty batch is valid. A condition needs a partition, and no event means no partition.
            await AppendAnswer.WriteAsync(context, AppendOutcome.Nothing, 0, headers.WantsOffsets);
            return;
        }

        incoming.ThrowIfUnfit();
        AppendProgress.Begin(context);
        if (copy is not null)
        {
            headers.RequireNoCondition();
            QueuedBatch batch = await _intake.TakeAsync(
                headers.Queued(context, stream, target, digest?.Finish()),
                events,
                copy.Finish(),
                context.RequestAborted);
            await QueuedAnswer.WriteAsync(context, batch, events.Count);
            return;
        }

        AppendOutcome outcome = await log.AppendAsync(stream, events, headers.Options(context, digest?.Finish()), context.RequestAborted);
        await AppendAnswer.WriteAsync(context, outcome, events.Count, headers.WantsOffsets);
    }
}
