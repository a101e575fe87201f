using System.Text.Json;
using Headwater.Formats.Incoming;
using Headwater.Formats.Parsing;

namespace Headwater.Formats.Json;

/// <summary>
/// Reads a body of ordinary events in one pass, without documents. It gives up at the first fault, limit or unusual form, removes what it added, and the
/// readers of documents decide. So each event costs one pass over its text, a body that gives up costs at most that more, and faults are found and
/// worded in one place.
/// </summary>
internal static class OnePass
{
    /// <summary>Adds every event of an array, or one event.</summary>
    /// <param name="body">Valid UTF-8.</param>
    /// <param name="into">Receives the events.</param>
    /// <returns>False if nothing was added.</returns>
    public static bool TryRead(ReadOnlySpan<byte> body, IncomingEvents into)
    {
        if (!into.TakesEncoded)
        {
            return false;
        }

        using var events = new OnePassEvents(into);
        bool whole = false;
        try
        {
            bool isArray = body.TrimStart(" \t\r\n"u8).StartsWith("["u8);
            var reader = new Utf8JsonReader(body, isArray ? JsonBodies.ReaderOptions : JsonBodies.ItemOptions);
            whole = reader.Read() && TryReadBody(ref reader, body, events) && !reader.Read();
        }
        catch (JsonException)
        {
            // The readers of documents report the place.
        }

        return Keep(whole, into);
    }

    /// <summary>Adds the event of every line.</summary>
    /// <param name="body">Valid UTF-8.</param>
    /// <param name="into">Receives the events.</param>
    /// <returns>False if nothing was added.</returns>
    public static bool TryReadLines(ReadOnlySpan<byte> body, IncomingEvents into)
    {
        if (!into.TakesEncoded)
        {
            return false;
        }

        using var events = new OnePassEvents(into);
        bool whole = false;
        try
        {
            whole = TryReadLines(body, events);
        }
        catch (JsonException)
        {
            // As above.
        }

        return Keep(whole, into);
    }

    private static bool TryReadLines(ReadOnlySpan<byte> body, OnePassEvents events)
    {
        foreach (Range range in body.Split((byte)'\n'))
        {
            ReadOnlySpan<byte> line = body[range];
            if (line.ContainsAnyExcept(" \t\r"u8) && !TryReadLine(line, events))
            {
                return false;
            }
        }

        return true;
    }

    private static bool TryReadLine(ReadOnlySpan<byte> line, OnePassEvents events)
    {
        var reader = new Utf8JsonReader(line, JsonBodies.ItemOptions);
        return reader.Read() && events.TryAdd(ref reader, line) && !reader.Read();
    }

    private static bool TryReadBody(ref Utf8JsonReader reader, ReadOnlySpan<byte> body, OnePassEvents events)
    {
        if (reader.TokenType != JsonTokenType.StartArray)
        {
            return events.TryAdd(ref reader, body);
        }

        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (!events.TryAdd(ref reader, body))
            {
                return false;
            }
        }

        return true;
    }

    private static bool Keep(bool whole, IncomingEvents into)
    {
        if (!whole)
        {
            into.Clear();
        }

        return whole;
    }
}
