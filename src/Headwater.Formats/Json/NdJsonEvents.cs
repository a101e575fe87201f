using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text.Json;
using Headwater.Contracts.Errors;
using Headwater.Formats.Incoming;
using Headwater.Formats.Parsing;
using Headwater.Log.Budgets;

namespace Headwater.Formats.Json;

/// <summary>
/// Reads a body with one event per line and ignores blank lines. The lines are joined in place to one array and parsed once. Then every item is checked to be
/// on its own line, so that a line that is not exactly one JSON value is rejected.
/// </summary>
public static class NdJsonEvents
{
    /// <exception cref="HeadwaterException">MalformedBody, TooManyEvents.</exception>
    public static void Read(PooledBytes body, IncomingEvents into)
    {
        JsonBodies.CheckUtf8(body.Span);
        if (body.Span.StartsWith("\uFEFF"u8))
        {
            body.Span[..3].Fill((byte)' ');
        }

        List<Range> lines = Lines(body.Span);
        Join(body, lines);
        try
        {
            using JsonDocument document = JsonDocument.Parse(body.WithSpares, JsonBodies.Options);
            if (!EachInItsLine(document.RootElement, body, lines))
            {
                throw new JsonException("Each line must be exactly one JSON value.");
            }

            JsonEvents.ReadArray(document.RootElement, into);
        }
        catch (JsonException e)
        {
            ThrowFirstBad(body, lines);
            throw JsonFaults.Malformed(body.Span, e);
        }
    }

    private static List<Range> Lines(ReadOnlySpan<byte> body)
    {
        var lines = new List<Range>();
        foreach (Range line in body.Split((byte)'\n'))
        {
            if (body[line].ContainsAnyExcept(" \t\r"u8))
            {
                lines.Add(line);
            }
        }

        return lines;
    }

    private static void Join(PooledBytes body, List<Range> lines)
    {
        for (int i = 0; i + 1 < lines.Count; i++)
        {
            body.Span[lines[i].End] = (byte)',';
        }

        Span<byte> all = body.WithSpares.Span;
        all[0] = (byte)'[';
        all[^1] = (byte)']';
    }

    private static bool EachInItsLine(JsonElement array, PooledBytes body, List<Range> lines)
    {
        if (array.GetArrayLength() != lines.Count)
        {
            return false;
        }

        int index = 0;
        foreach (JsonElement item in array.EnumerateArray())
        {
            ReadOnlySpan<byte> raw = JsonMarshal.GetRawUtf8Value(item);
            long start = Unsafe.ByteOffset(ref MemoryMarshal.GetReference(body.Span), ref MemoryMarshal.GetReference(raw));
            Range line = lines[index++];
            if (start < line.Start.Value || start + raw.Length > line.End.Value)
            {
                return false;
            }
        }

        return true;
    }

    private static void ThrowFirstBad(PooledBytes body, List<Range> lines)
    {
        for (int i = 0; i < lines.Count; i++)
        {
            ReadOnlyMemory<byte> line = body.Memory[lines[i]];
            try
            {
                using JsonDocument _ = JsonDocument.Parse(line, JsonBodies.Options);
            }
            catch (JsonException e)
            {
                throw JsonFaults.Malformed(line.Span, e, i);
            }
        }
    }
}
