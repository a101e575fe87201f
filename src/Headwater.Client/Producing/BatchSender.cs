using System.Text.Json;
using Headwater.Contracts.Answers;
using Headwater.Contracts.Errors;
using Headwater.Contracts.Headers;
using Headwater.Contracts.Json;
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
                AppendedAnswer answer = await SendOnceStoredAsync(lane, batch, cancellation);
                lane.NextSequence++;
                long? first = answer.Partitions.Count > 0 ? answer.Partitions[0].BaseOffset : null;
                batch.Complete(i => new AppendedEvent(lane.Partition, first is { } known ? new Offset(known + i) : null));
                return;
            }
            catch (HeadwaterException failed) when (failed.Appended == Appended.No && RefusedBy(failed) is { Count: > 0 } places)
            {
                batch.Refuse(places);
                refused(failed);
            }
        }

        batch.Complete(_ => default);
    }

    private async Task<AppendedAnswer> SendOnceStoredAsync(PartitionLane lane, EventBatch batch, CancellationToken cancellation)
    {
        ApiRequest request = RequestFor(lane, batch);
        using Operation sending = ClientTelemetry.Send(stream.Name, batch.Count, api.Time);
        Backoff backoff = api.NewBackoff(options.RetryFor);
        bool mayBeStored = false;
        while (true)
        {
            try
            {
                return ApiConnection.Parse(await api.SendAsync(request, cancellation), ContractJson.Default.AppendedAnswer);
            }
            catch (HeadwaterException failed)
            {
                mayBeStored |= failed.Appended != Appended.No;
                if (!failed.Retryable || !await backoff.TryWaitAsync(failed.RetryAfter, cancellation))
                {
                    sending.Failed(failed.Code);
                    throw mayBeStored ? MayBeStored(failed) : failed;
                }
            }
        }
    }

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

    /// <summary>An attempt without a clear answer may have stored the events, whatever the last attempt says.</summary>
    private static HeadwaterException MayBeStored(HeadwaterException last) => new(last.Code, last.Message, last)
    {
        Status = last.Status,
        Retryable = last.Retryable,
        RetryAfter = last.RetryAfter,
        Problem = last.Problem,
        Appended = Appended.Unknown,
    };

    /// <summary>The events that a refusal names, by their places in the request; empty if it concerns the request as a whole.</summary>
    private static Dictionary<int, HeadwaterException> RefusedBy(HeadwaterException refusal)
    {
        Dictionary<int, HeadwaterException> refused = [];
        if (refusal.Is(ErrorCode.EventTooLarge) && refusal.Number("index") is { } only)
        {
            refused[(int)only] = refusal;
        }
        else if (refusal.Is(ErrorCode.EventInvalid)
            && refusal.Problem.TryGetProperty("errors", out JsonElement faults) && faults.ValueKind == JsonValueKind.Array)
        {
            foreach (JsonElement fault in faults.EnumerateArray())
            {
                if (fault.TryGetProperty("index", out JsonElement index) && index.TryGetInt32(out int place))
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
