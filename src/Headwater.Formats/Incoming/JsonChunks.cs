using System.Text.Json;
using Headwater.Contracts.Errors;
using Headwater.Core.Segments;
using Headwater.Formats.Parsing;
using Headwater.Log.Append;
using Headwater.Log.Budgets;
using Headwater.Log.Model;

namespace Headwater.Formats.Incoming;

/// <summary>
/// The items of a body's array of events, found by a reader before any is parsed. They are parsed some 64 KiB at a time, so that the parsed form of a body
/// takes memory for a chunk, or for one large event, and never for the whole body.
/// </summary>
public sealed class JsonChunks
{
    private const int ChunkBytes = 64 * 1024;
    private const int ChunkTokens = 16 * 1024;

    private readonly List<Chunk> _chunks = [];
    private Chunk _open;

    /// <summary>The number of items found.</summary>
    public int Items { get; private set; }

    /// <summary>Finds the items of an array. The reader is at its beginning, and at its end afterwards.</summary>
    /// <exception cref="HeadwaterException">TooManyEvents, EventTooLarge.</exception>
    /// <exception cref="JsonException">The text is not JSON.</exception>
    public void Scan(ref Utf8JsonReader reader)
    {
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            ScanItem(ref reader);
        }
    }

    /// <summary>Finds one item. The reader is at its beginning, and at its end afterwards.</summary>
    /// <exception cref="HeadwaterException">TooManyEvents, EventTooLarge.</exception>
    /// <exception cref="JsonException">The text is not JSON.</exception>
    public void ScanItem(ref Utf8JsonReader reader)
    {
        JsonTally tally = Begin();
        int start = (int)reader.TokenStartIndex;
        int depth = reader.CurrentDepth;
        tally.Count(ref reader);
        if (reader.TokenType is JsonTokenType.StartObject or JsonTokenType.StartArray)
        {
            do
            {
                reader.Read();
                tally.Count(ref reader);
            }
            while (reader.CurrentDepth > depth);
        }

        Add(start, (int)reader.BytesConsumed, tally);
    }

    /// <summary>Begins to count the next item.</summary>
    /// <exception cref="HeadwaterException">TooManyEvents.</exception>
    public JsonTally Begin() => Items < Limits.EventsPerRequest ? new JsonTally(Items) : throw AppendRefusals.TooManyEvents();

    /// <summary>Adds an item that lies behind the one before.</summary>
    /// <param name="start">Its first byte in the body.</param>
    /// <param name="end">The byte behind it.</param>
    /// <param name="tally">Its tokens.</param>
    public void Add(int start, int end, in JsonTally tally)
    {
        Items++;
        if (_open.IsEmpty)
        {
            _open = new Chunk(start, end, tally);
        }
        else
        {
            JsonTally sum = _open.Tally;
            sum.Add(tally);
            _open = new Chunk(_open.Start, end, sum);
        }

        if (_open.End - _open.Start >= ChunkBytes || _open.Tally.Tokens >= ChunkTokens)
        {
            _chunks.Add(_open);
            _open = default;
        }
    }

    /// <summary>Parses the chunks one after the other and hands over their items in order.</summary>
    /// <param name="body">What was scanned.</param>
    /// <param name="isLines">Whether line ends separate the items, not commas.</param>
    /// <param name="into">Its budget is charged for one chunk at a time; parsing stops when the request is hopeless.</param>
    /// <param name="add">Takes an item, which is valid only during the call.</param>
    /// <exception cref="HeadwaterException">Overloaded.</exception>
    public void Parse(ReadOnlySpan<byte> body, bool isLines, IncomingEvents into, Action<JsonElement> add)
    {
        if (!_open.IsEmpty)
        {
            _chunks.Add(_open);
            _open = default;
        }

        using var text = new PooledBuffer(0, into.Budget);
        foreach (Chunk chunk in _chunks)
        {
            Copy(body[chunk.Start..chunk.End], isLines, text);
            using MemoryCharge charge = into.Budget.Charge(chunk.Tally.CostOf(text.Length));
            using var document = JsonDocument.Parse(text.WrittenMemory, JsonBodies.Options);
            foreach (JsonElement item in document.RootElement.EnumerateArray())
            {
                if (into.IsHopeless)
                {
                    return;
                }

                add(item);
            }
        }
    }

    private static void Copy(ReadOnlySpan<byte> items, bool isLines, PooledBuffer text)
    {
        text.Truncate(0);
        Span<byte> array = text.GetSpan(items.Length + 2)[..(items.Length + 2)];
        array[0] = (byte)'[';
        items.CopyTo(array[1..]);
        array[^1] = (byte)']';
        text.Advance(array.Length);
        if (isLines)
        {
            SeparateLines(array[1..^1]);
        }
    }

    // The last line is an item, so every line end behind an item has another item behind it.
    private static void SeparateLines(Span<byte> lines)
    {
        int end;
        while ((end = lines.IndexOf((byte)'\n')) >= 0)
        {
            if (lines[..end].ContainsAnyExcept(" \t\r"u8))
            {
                lines[end] = (byte)',';
            }

            lines = lines[(end + 1)..];
        }
    }

    private readonly record struct Chunk(int Start, int End, JsonTally Tally)
    {
        public bool IsEmpty => End == 0;
    }
}
