using System.Text.Json;
using Headwater.Contracts.Errors;
using Headwater.Formats.Incoming;
using Headwater.Formats.Parsing;

namespace Headwater.Formats.Json;

/// <summary>Reads a body with one event per line and ignores blank lines. A line that is not exactly one JSON value is rejected.</summary>
public static class NdJsonEvents
{
    /// <summary>Adds the event of every line.</summary>
    /// <exception cref="HeadwaterException">MalformedBody, TooManyEvents, EventTooLarge, Overloaded.</exception>
    public static void Read(ReadOnlyMemory<byte> body, IncomingEvents into)
    {
        body = JsonBodies.Checked(body);
        if (OnePass.TryReadLines(body.Span, into))
        {
            return;
        }

        JsonChunks lines = Scan(body.Span);
        lines.Parse(body.Span, isLines: true, into, new JsonEventReader(into).Add);
    }

    private static JsonChunks Scan(ReadOnlySpan<byte> body)
    {
        var lines = new JsonChunks();
        foreach (Range range in body.Split((byte)'\n'))
        {
            ReadOnlySpan<byte> line = body[range];
            if (line.ContainsAnyExcept(" \t\r"u8))
            {
                ScanLine(line, range.Start.Value, lines);
            }
        }

        return lines;
    }

    private static void ScanLine(ReadOnlySpan<byte> line, int start, JsonChunks lines)
    {
        JsonTally tally = lines.Begin();
        try
        {
            var reader = new Utf8JsonReader(line, JsonBodies.ItemOptions);
            while (reader.Read())
            {
                tally.Count(ref reader);
            }
        }
        catch (JsonException e)
        {
            throw JsonFaults.Malformed(line, e, lines.Items);
        }

        lines.Add(start, start + line.Length, tally);
    }
}
