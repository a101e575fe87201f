using Headwater.Contracts.Errors;
using Headwater.Contracts.Media;
using Headwater.Formats.CloudEvents;
using Headwater.Formats.Containers;
using Headwater.Formats.Incoming;
using Headwater.Formats.Json;
using Headwater.Http.Requests;
using Headwater.Log.Budgets;
using Microsoft.AspNetCore.Http;

namespace Headwater.Http.Append;

/// <summary>The request formats of events.</summary>
internal enum AppendBody
{
    Json,
    NdJson,
    CloudEvent,
    CloudEventBatch,
    CloudEventBinary,
    Avro,
}

/// <summary>Selects the reader of a request's format.</summary>
internal static class AppendBodies
{
    public static IReadOnlyList<string> Accepted { get; } =
        [MediaTypes.Json, MediaTypes.NdJson, MediaTypes.CloudEvent, MediaTypes.CloudEventBatch, MediaTypes.Avro, MediaTypes.AvroBinary];

    /// <summary>The format of a request; JSON without a Content-Type.</summary>
    /// <exception cref="HeadwaterException">UnsupportedMediaType.</exception>
    public static AppendBody Of(HttpRequest request)
    {
        bool isBinaryMode = request.Headers.ContainsKey(CloudEventBodies.BinaryModeHeader);
        if (isBinaryMode && !IsCloudEvents(request.ContentType))
        {
            return AppendBody.CloudEventBinary;
        }

        return ContentType.Of(request, Accepted) switch
        {
            null or MediaTypes.Json => AppendBody.Json,
            MediaTypes.NdJson or "application/ndjson" or "application/jsonl" => AppendBody.NdJson,
            MediaTypes.CloudEvent => AppendBody.CloudEvent,
            MediaTypes.CloudEventBatch => AppendBody.CloudEventBatch,
            MediaTypes.Avro or MediaTypes.AvroBinary => AppendBody.Avro,
            string other => throw Refusals.MediaType(other, Accepted),
        };
    }

    /// <exception cref="HeadwaterException">What the format's reader throws.</exception>
    public static void Read(AppendBody format, HttpRequest request, PooledBytes body, IncomingEvents into)
    {
        switch (format)
        {
            case AppendBody.Json: JsonEvents.Read(body.Memory, into); break;
            case AppendBody.NdJson: NdJsonEvents.Read(body.Memory, into); break;
            case AppendBody.CloudEvent: CloudEventBodies.ReadStructured(body.Memory, into); break;
            case AppendBody.CloudEventBatch: CloudEventBodies.ReadBatch(body.Memory, into); break;
            case AppendBody.CloudEventBinary: CloudEventBodies.ReadBinary(HeadersOf(request), request.ContentType, body.Memory, into); break;
            case AppendBody.Avro: AvroEvents.Read(body.Span, into); break;
        }
    }

    private static IEnumerable<KeyValuePair<string, string>> HeadersOf(HttpRequest request) =>
        request.Headers.Select(h => KeyValuePair.Create(h.Key, h.Value.ToString()));

    private static bool IsCloudEvents(string? type) => type is not null && type.StartsWith("application/cloudevents", StringComparison.OrdinalIgnoreCase);
}
