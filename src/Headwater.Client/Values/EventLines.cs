using System.Buffers;
using System.Collections.Frozen;
using System.Text.Json;
using Headwater.Contracts.Json;
using Headwater.Core.Positions;

namespace Headwater.Client;

/// <summary>Events as lines of NDJSON.</summary>
internal static class EventLines
{
    /// <summary>Appends one line.</summary>
    /// <param name="lines">Takes the line.</param>
    /// <param name="item">The event.</param>
    /// <param name="values">Writes its value.</param>
    /// <param name="isTraced">Whether the event carries the current trace. Under a key of the caller's it must not: a repeat has the same bytes.</param>
    /// <exception cref="HeadwaterException">The value cannot be written.</exception>
    public static void Write<T>(IBufferWriter<byte> lines, in NewEvent<T> item, ValueSerializer<T> values, bool isTraced)
    {
        using (var json = new Utf8JsonWriter(lines, WireJson.WriterOptions))
        {
            json.WriteStartObject();
            if (item.Key is not null)
            {
                json.WriteString("key", item.Key);
            }

            if (item.Time is { } time)
            {
                json.WriteString("time", time.UtcDateTime);
            }

            WriteHeaders(json, item.Headers, isTraced);
            json.WritePropertyName("value");
            WriteValue(json, item, values);
            json.WriteEndObject();
        }

        lines.GetSpan(1)[0] = (byte)'\n';
        lines.Advance(1);
    }

    /// <summary>The events of a page.</summary>
    /// <param name="page">Lines of NDJSON.</param>
    /// <param name="partition">The partition of events that do not name theirs.</param>
    /// <exception cref="HeadwaterException">The page is not one of Headwater.</exception>
    public static List<ReceivedEvent<ReadOnlyMemory<byte>>> Read(ReadOnlyMemory<byte> page, PartitionId partition)
    {
        List<ReceivedEvent<ReadOnlyMemory<byte>>> events = [];
        try
        {
            while (!page.IsEmpty)
            {
                int end = page.Span.IndexOf((byte)'\n');
                ReadOnlyMemory<byte> line = end < 0 ? page : page[..end];
                page = end < 0 ? default : page[(end + 1)..];
                if (!line.IsEmpty)
                {
                    events.Add(ReadLine(line, partition));
                }
            }
        }
        catch (Exception foreign) when (foreign is JsonException or InvalidOperationException or FormatException or ArgumentOutOfRangeException)
        {
            throw new HeadwaterException(HeadwaterException.NoAnswer, $"The page is not one of Headwater: {foreign.Message}", foreign);
        }

        return events;
    }

    /// <summary>The event with its value read.</summary>
    /// <exception cref="HeadwaterException">The value is not one of the type.</exception>
    public static ReceivedEvent<T> Decode<T>(in ReceivedEvent<ReadOnlyMemory<byte>> raw, ValueSerializer<T> values)
    {
        try
        {
            return new ReceivedEvent<T>
            {
                Partition = raw.Partition,
                Offset = raw.Offset,
                Appended = raw.Appended,
                Key = raw.Key,
                Time = raw.Time,
                Headers = raw.Headers,
                IsTombstone = raw.IsTombstone,
                Value = raw.IsTombstone ? default : values.Read(raw.Value.Span),
            };
        }
        catch (Exception unreadable) when (unreadable is JsonException or NotSupportedException or FormatException or InvalidOperationException)
        {
            throw new HeadwaterException(
                HeadwaterException.ValueUnreadable,
                $"The value of event {raw.Position} cannot be read as {typeof(T).Name}: {unreadable.Message}",
                unreadable);
        }
    }

    private static void WriteHeaders(Utf8JsonWriter json, IReadOnlyDictionary<string, string>? headers, bool isTraced)
    {
        string? trace = !isTraced || headers?.ContainsKey(ClientTelemetry.TraceHeader) == true ? null : ClientTelemetry.CurrentTrace;
        if (headers is not { Count: > 0 } && trace is null)
        {
            return;
        }

        json.WriteStartObject("headers");
        foreach ((string name, string value) in headers ?? FrozenDictionary<string, string>.Empty)
        {
            json.WriteString(name, value);
        }

        if (trace is not null)
        {
            json.WriteString(ClientTelemetry.TraceHeader, trace);
        }

        json.WriteEndObject();
    }

    private static void WriteValue<T>(Utf8JsonWriter json, in NewEvent<T> item, ValueSerializer<T> values)
    {
        if (item.IsTombstone || item.Value is null)
        {
            json.WriteNullValue();
            return;
        }

        try
        {
            values.Write(json, item.Value);
        }
        catch (Exception unwritable) when (unwritable is JsonException or NotSupportedException or InvalidOperationException)
        {
            throw new HeadwaterException(
                HeadwaterException.ValueUnreadable,
                $"A value of {typeof(T).Name} cannot be written as JSON: {unwritable.Message} The event was not sent.",
                unwritable);
        }
    }

    private static ReceivedEvent<ReadOnlyMemory<byte>> ReadLine(ReadOnlyMemory<byte> line, PartitionId partition)
    {
        var reader = new Utf8JsonReader(line.Span);
        var read = new ReceivedEvent<ReadOnlyMemory<byte>> { Partition = partition, Offset = default, Appended = default };
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            read = ReadMember(ref reader, line, read);
        }

        return reader.TokenType == JsonTokenType.EndObject ? read : throw new JsonException("An event is not a JSON object.");
    }

    private static ReceivedEvent<ReadOnlyMemory<byte>> ReadMember(
        ref Utf8JsonReader reader, ReadOnlyMemory<byte> line, in ReceivedEvent<ReadOnlyMemory<byte>> read)
    {
        if (reader.ValueTextEquals("value"u8))
        {
            reader.Read();
            bool isNull = reader.TokenType == JsonTokenType.Null;
            int start = (int)reader.TokenStartIndex;
            reader.Skip();
            return read with { Value = line[start..(int)reader.BytesConsumed], IsTombstone = isNull };
        }

        if (reader.ValueTextEquals("headers"u8))
        {
            reader.Read();
            return read with { Headers = ReadHeaders(ref reader) ?? read.Headers };
        }

        string name = reader.GetString()!;
        reader.Read();
        switch (name)
        {
            case "partition":
                return read with { Partition = new PartitionId(reader.GetInt32()) };
            case "offset":
                return read with { Offset = new Offset(reader.GetInt64()) };
            case "appended":
                return read with { Appended = UnixMicros.From(reader.GetDateTimeOffset()) };
            case "time":
                return read with { Time = UnixMicros.From(reader.GetDateTimeOffset()) };
            case "key":
                return read with { Key = reader.GetString() };
            default:
                reader.Skip();
                return read;
        }
    }

    private static Dictionary<string, string>? ReadHeaders(ref Utf8JsonReader reader)
    {
        Dictionary<string, string>? headers = null;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            string name = reader.GetString()!;
            reader.Read();
            (headers ??= new(StringComparer.Ordinal))[name] = reader.GetString()!;
        }

        return headers;
    }
}
