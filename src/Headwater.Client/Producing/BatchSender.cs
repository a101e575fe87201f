using System.Text.Json;
using Headwater.Contracts.Answers;
using Headwater.Contracts.Errors;
using Headwater.Contracts.Headers;
using Headwater.Contracts.Media;
using Headwater.Core.Positions;

namespace Headwater.Client;

/// <summary>Sends batches until the service has stored them or their time is over.</summary>
/// <param name="api">The connection.</param>
/// <param name="path">The stream's path.</param>
/// <param name="stream">The stream: a batch is not stored in another one that took its name.</param>
/// <param name="options">How long to repeat.</param>
/// <param name="epoch">The epoch of a sequenced producer.</param>
internal sealed class BatchSender(ApiConnection api, string path, StreamDescription stream, ProducerOptions options, int? epoch)
{
    /// <summary>Whether requests carry sequence numbers.</summary>
    public bool IsSequenced => epoch is not null;

    /// <summary>Sends the batch, and again without the events that the service refuses.</summary>
    /// <param name="lane">The batch's partition.</param>
    /// <param name="batch">Every event has its result afterwards, unless this method throws.</param>
    /// <param name="refused">Called with each event's refusal.</param>
    /// <param name="cancellation">Stops the repeats; the outcome is then unknown.</param>
    /// <exception cref="HeadwaterException">The events that are left have failed.</exception>
    public async Task SendAsync(PartitionLane lane, EventBatch batch, Action<HeadwaterException> refused, CancellationToken cancellation)
    {
        while (batch.Count > 0)
        {
            try
            {
                AppendedAnswer answer = await UntilStoredAsync(lane, batch, cancellation);
                lane.NextSequence++;
                long? first = answer.Partitions[0].BaseOffset;
                batch.Complete(i => new AppendedEvent(lane.Partition, first is { } known ? new Offset(known + i) : null));
                return;
            }
            catch (HeadwaterException failed) when (failed.Appended == Appended.No && RefusedBy(failed, batch.Count) is { Count: > 0 } places)
            {
                batch.Refuse(places);
                refused(failed);
            }
        }

        batch.Complete(_ => default);
    }

    private async Task<AppendedAnswer> UntilStoredAsync(PartitionLane lane, EventBatch batch, CancellationToken cancellation)
    {
        int events = batch.Count;
        using Operation sending = ClientTelemetry.Send(stream.Name, events, api.Time);
        try
        {
            (_, AppendedAnswer appended) = await AppendRequests.UntilStoredAsync(
                api, RequestFor(lane, batch), api.NewBackoff(options.RetryFor), a => IsOf(a, lane, events), cancellation);
            return appended;
        }
        catch (HeadwaterException failed)
        {
            sending.Failed(failed.Code);
            throw;
        }
    }

    /// <summary>A request of one partition is stored as a whole.</summary>
    private static bool IsOf(AppendedAnswer answer, PartitionLane lane, int events) =>
        answer.Partitions is [{ } share] && share.Partition == lane.Partition.Value && share.Count == events;

    private ApiRequest RequestFor(PartitionLane lane, EventBatch batch)
    {
        ApiRequest request = new ApiRequest(HttpMethod.Post, $"{path}/partitions/{lane.Partition}/events")
        {
            Appends = true,
            ContentType = MediaTypes.NdJson,
            Body = batch.Lines,
        }.With(HeaderNames.StreamId, stream.StreamId);
        return epoch is { } number
            ? request.With(HeaderNames.ProducerId, options.ProducerId)
                .With(HeaderNames.ProducerEpoch, number)
                .With(HeaderNames.ProducerSequence, lane.NextSequence)
            : request.With(HeaderNames.IdempotencyKey, ApiConnection.NewId());
    }

    /// <summary>The events that a refusal names, by their places in the request; empty if it concerns the request as a whole.</summary>
    private static Dictionary<int, HeadwaterException> RefusedBy(HeadwaterException refusal, int events)
    {
        Dictionary<int, HeadwaterException> refused = [];
        if (refusal.Is(ErrorCode.EventTooLarge) && refusal.Number("index") is { } only && only >= 0 && only < events)
        {
            refused[(int)only] = refusal;
        }
        else if (refusal.Is(ErrorCode.EventInvalid)
            && refusal.Problem.TryGetProperty("errors", out JsonElement faults) && faults.ValueKind == JsonValueKind.Array)
        {
            foreach (JsonElement fault in faults.EnumerateArray())
            {
                if (fault.TryGetProperty("index", out JsonElement index) && index.TryGetInt32(out int place) && place >= 0 && place < events)
                {
                    refused.TryAdd(place, OfEvent(refusal, fault));
                }
            }
        }

        return refused;
    }

    private static HeadwaterException OfEvent(HeadwaterException refusal, JsonElement fault) =>
        new(refusal.Code, $"{Text(fault, "pointer")}: {Text(fault, "message")} The event was not stored.")
        {
            Status = refusal.Status,
            Problem = refusal.Problem,
        };

    private static string? Text(JsonElement fault, string name) => fault.TryGetProperty(name, out JsonElement text) ? text.GetString() : null;
}
