using System.Text.Json;
using Headwater.Contracts.Errors;
using Headwater.Formats.Incoming;
using Headwater.Formats.Parsing;

namespace Headwater.Formats.Json;

/// <summary>Reads a JSON body: an array of events, an object with the single member <c>events</c>, or one event.</summary>
public static class JsonEvents
{
    /// <summary>A longer name of an unknown member is not repeated in the fault.</summary>
    private const int NameBytes = 1024;

    /// <summary>Adds every event of a request's body.</summary>
    /// <exception cref="HeadwaterException">MalformedBody, UnknownMember, TooManyEvents, EventTooLarge, Overloaded.</exception>
    public static void Read(ReadOnlyMemory<byte> body, IncomingEvents into)
    {
        body = JsonBodies.Checked(body);
        if (!OnePass.TryRead(body.Span, into))
        {
            ReadDocuments(body, into, new JsonEventReader(into));
        }
    }

    /// <summary>Adds every event of an array that <see cref="EventCopy"/> wrote.</summary>
    /// <inheritdoc cref="Read(ReadOnlyMemory{byte}, IncomingEvents)"/>
    public static void ReadCopy(ReadOnlyMemory<byte> copy, IncomingEvents into) =>
        ReadDocuments(JsonBodies.Checked(copy), into, new JsonEventReader(into, takesBytes: true));

    /// <summary>Adds every item of a body that must be an array.</summary>
    /// <param name="body">The body.</param>
    /// <param name="into">Receives the events.</param>
    /// <param name="what">The body, for the message if it is not an array.</param>
    /// <param name="add">Adds one item.</param>
    /// <inheritdoc cref="Read(ReadOnlyMemory{byte}, IncomingEvents)"/>
    public static void ReadArray(ReadOnlyMemory<byte> body, IncomingEvents into, string what, Action<JsonElement> add) =>
        Read(
            JsonBodies.Checked(body),
            into,
            (ref Utf8JsonReader reader, JsonChunks chunks) =>
            {
                if (reader.TokenType != JsonTokenType.StartArray)
                {
                    throw NotAnArray(ref reader, what);
                }

                chunks.Scan(ref reader);
            },
            add);

    /// <summary>Adds every item of a parsed array. Stops early when the maximum number of reported faults is reached.</summary>
    public static void ReadArray(JsonElement events, IncomingEvents into, bool takesBytes = false)
    {
        var reader = new JsonEventReader(into, takesBytes);
        foreach (JsonElement item in events.EnumerateArray())
        {
            if (into.IsHopeless)
            {
                return;
            }

            reader.Add(item);
        }
    }

    private static void Read(ReadOnlyMemory<byte> body, IncomingEvents into, ScanStep scan, Action<JsonElement> add)
    {
        var chunks = new JsonChunks();
        try
        {
            var reader = new Utf8JsonReader(body.Span, JsonBodies.ReaderOptions);
            reader.Read();
            scan(ref reader, chunks);
            reader.Read(); // Throws if anything follows.
        }
        catch (JsonException e)
        {
            throw JsonFaults.Malformed(body.Span, e);
        }

        chunks.Parse(body.Span, isLines: false, into, add);
    }

    private static void ReadDocuments(ReadOnlyMemory<byte> body, IncomingEvents into, JsonEventReader events) =>
        Read(body, into, (ref Utf8JsonReader reader, JsonChunks chunks) => ScanBody(ref reader, chunks, body), events.Add);

    private static void ScanBody(ref Utf8JsonReader reader, JsonChunks chunks, ReadOnlyMemory<byte> body)
    {
        if (reader.TokenType == JsonTokenType.StartArray)
        {
            chunks.Scan(ref reader);
        }
        else if (reader.TokenType != JsonTokenType.StartObject)
        {
            throw NotAnArray(ref reader, "The body must be an array of events, {\"events\":[…]} or one event with a value");
        }
        else if (IsEvent(reader))
        {
            // The event is parsed as the item of an array, which is one level.
            var one = new Utf8JsonReader(body.Span, JsonBodies.ItemOptions);
            one.Read();
            chunks.ScanItem(ref one);
            reader = one;
        }
        else
        {
            ScanMembers(ref reader, chunks);
        }
    }

    /// <summary>Whether an object is one event without an array around it: it has a member of an event, and not the member events.</summary>
    /// <param name="reader">A copy, at the object's beginning.</param>
    private static bool IsEvent(Utf8JsonReader reader)
    {
        bool isEvent = false;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            string name = NameOf(ref reader);
            if (name == "events")
            {
                return false;
            }

            isEvent |= name is "value" or "key" or "headers" or "time";
            reader.Read();
            reader.Skip();
        }

        return isEvent;
    }

    private static void ScanMembers(ref Utf8JsonReader reader, JsonChunks chunks)
    {
        bool? isArray = null;
        var faults = new BodyFaults();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            string name = NameOf(ref reader);
            reader.Read();
            if (name != "events")
            {
                faults.AddUnknown($"/{JsonPointer.Escape(name)}", "unknown member; a body is an array of events, {\"events\":[…]} or one event with a value.");
                reader.Skip();
                continue;
            }

            if (isArray is not null)
            {
                throw Refusals.MalformedBody("The member events occurs twice.");
            }

            isArray = reader.TokenType == JsonTokenType.StartArray;
            if (isArray == true)
            {
                chunks.Scan(ref reader);
            }
            else
            {
                reader.Skip();
            }
        }

        faults.ThrowIfAny();
        if (isArray != true)
        {
            throw Refusals.MalformedBody("The member events must be an array of events.");
        }
    }

    private static string NameOf(ref Utf8JsonReader reader)
    {
        try
        {
            return reader.ValueSpan.Length <= NameBytes ? reader.GetString() ?? "" : "";
        }
        catch (InvalidOperationException)
        {
            return ""; // A lone surrogate.
        }
    }

    // A text that is not JSON at all is reported as that.
    private static HeadwaterException NotAnArray(ref Utf8JsonReader reader, string what)
    {
        string kind = JsonKinds.Name(reader.TokenType);
        reader.Skip();
        reader.Read();
        return Refusals.MalformedBody($"{what}, not {kind}.");
    }

    private delegate void ScanStep(ref Utf8JsonReader reader, JsonChunks chunks);
}
