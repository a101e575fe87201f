using System.Text;
using System.Text.Json;
using CloudNative.CloudEvents.Http;
using Headwater.Contracts.Errors;
using Headwater.Formats.Incoming;
using Headwater.Formats.Json;
using Headwater.Formats.Parsing;
using Headwater.Log.Append;

namespace Headwater.Formats.CloudEvents;

/// <summary>CloudEvents 1.0 in the modes of their HTTP binding: structured, batch (JSON format) and binary.</summary>
public static class CloudEventBodies
{
    private static readonly JsonElement Null = JsonDocument.Parse("null").RootElement;

    /// <summary>The HTTP header whose presence makes a request a CloudEvent in binary mode; its content type is then that of the data.</summary>
    public static string BinaryModeHeader => HttpUtilities.SpecVersionHttpHeader;

    /// <exception cref="HeadwaterException">MalformedBody.</exception>
    public static void ReadStructured(ReadOnlyMemory<byte> body, IncomingEvents into)
    {
        using ParsedJson item = JsonBodies.Parse(body, into.Budget);
        ReadOne(item.Root, into);
    }

    /// <summary>Reads one CloudEvent in JSON format.</summary>
    public static void ReadOne(JsonElement item, IncomingEvents into)
    {
        into.ValueMember = CloudEventNames.Data;
        AddStructured(item, new CloudEventReader(into), into);
    }

    /// <exception cref="HeadwaterException">MalformedBody, TooManyEvents.</exception>
    public static void ReadBatch(ReadOnlyMemory<byte> body, IncomingEvents into)
    {
        into.ValueMember = CloudEventNames.Data;
        var reader = new CloudEventReader(into);
        JsonEvents.ReadArray(body, into, "A batch of CloudEvents must be a JSON array", item => AddStructured(item, reader, into));
    }

    /// <param name="headers">Of the request: those named <c>ce-*</c> are attributes, the others are ignored.</param>
    /// <param name="contentType">Of the request, as sent: that of the data.</param>
    /// <param name="body">The data.</param>
    /// <param name="into">Takes the event.</param>
    /// <exception cref="HeadwaterException">MalformedBody.</exception>
    public static void ReadBinary(IEnumerable<KeyValuePair<string, string>> headers, string? contentType, ReadOnlyMemory<byte> body, IncomingEvents into)
    {
        into.ValueMember = CloudEventNames.Data;
        var reader = new CloudEventReader(into);
        reader.Begin();
        foreach ((string header, string value) in headers)
        {
            if (HttpUtilities.GetAttributeNameFromHeaderName(header) is { } name && !TryAddHeader(name, value, reader, into))
            {
                return;
            }
        }

        if (contentType is { Length: > 0 } type && !reader.TryAdd(CloudEventNames.DataContentType, type))
        {
            return;
        }

        if (!reader.TryFinish(out EventAttributes attributes))
        {
            return;
        }

        if (body.IsEmpty)
        {
            into.AddJson(attributes, Null);
        }
        else
        {
            AddPayload(attributes, body, reader.HasJsonData, into);
        }
    }

    private static bool TryAddHeader(string name, string header, CloudEventReader reader, IncomingEvents into)
    {
        if (AttributeHeader.Decode(header) is { } value)
        {
            return reader.TryAdd(name, value);
        }

        into.AddFault($"/{JsonPointer.Escape(name)}", AttributeHeader.Expected);
        return false;
    }

    private static void AddStructured(JsonElement item, CloudEventReader reader, IncomingEvents into)
    {
        if (item.ValueKind != JsonValueKind.Object)
        {
            into.AddFault("", $"a CloudEvent must be a JSON object, not {JsonKinds.Name(item)}.");
            return;
        }

        reader.Begin();
        JsonElement? data = null;
        JsonElement? base64 = null;
        foreach (JsonProperty member in item.EnumerateObject())
        {
            JsonKinds.TryName(member, out string name);
            if (name == CloudEventNames.Data)
            {
                data = member.Value;
            }
            else if (name == CloudEventNames.DataBase64)
            {
                base64 = member.Value;
            }
            else if (!TryAddAttribute(name, member.Value, reader, into))
            {
                return;
            }
        }

        if (reader.TryFinish(out EventAttributes attributes))
        {
            AddData(attributes, data, base64, reader, into);
        }
    }

    private static bool TryAddAttribute(string name, JsonElement value, CloudEventReader reader, IncomingEvents into)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Null:
                return true;
            case JsonValueKind.True or JsonValueKind.False:
                return reader.TryAdd(name, value.GetRawText());
            case JsonValueKind.Number when value.TryGetInt32(out _):
                return reader.TryAdd(name, value.GetRawText());
            case JsonValueKind.String when JsonKinds.TryText(value, out string text):
                return reader.TryAdd(name, text);
            default:
                into.AddFault($"/{JsonPointer.Escape(name)}", $"an attribute must be a string, a boolean or a 32-bit integer, not {JsonKinds.Name(value)}.");
                return false;
        }
    }

    private static void AddData(EventAttributes attributes, JsonElement? data, JsonElement? base64, CloudEventReader reader, IncomingEvents into)
    {
        if (base64 is not { ValueKind: not JsonValueKind.Null } encoded)
        {
            if (data is { ValueKind: JsonValueKind.String } text && !reader.HasJsonData && JsonKinds.TryText(text, out string plain))
            {
                into.AddBytes(attributes, Encoding.UTF8.GetBytes(plain));
            }
            else
            {
                into.AddJson(attributes, data ?? Null);
            }
        }
        else if (data is not null)
        {
            into.AddFault("/data_base64", "a CloudEvent must not have both data and data_base64.");
        }
        else if (!JsonKinds.TryBytes(encoded, out byte[] bytes))
        {
            into.AddFault("/data_base64", "the member is not base64.");
        }
        else
        {
            AddPayload(attributes, bytes, reader.DataContentType is not null && reader.HasJsonData, into);
        }
    }

    private static void AddPayload(EventAttributes attributes, ReadOnlyMemory<byte> payload, bool isJson, IncomingEvents into)
    {
        if (isJson)
        {
            using ParsedJson value = JsonBodies.Parse(payload, into.Budget, into.Count);
            into.AddJson(attributes, value.Root);
        }
        else
        {
            into.AddBytes(attributes, payload.Span);
        }
    }
}
