using System.Text.Json;
using System.Text.Unicode;
using Headwater.Contracts.Errors;
using Headwater.Log.Budgets;

namespace Headwater.Formats.Parsing;

/// <summary>How JSON is read: UTF-8 checked, depth bounded, no comments, no trailing commas.</summary>
public static class JsonBodies
{
    /// <summary>The maximum nesting depth.</summary>
    public const int MaxDepth = 64;

    /// <summary>The most bytes that parsing holds per byte of JSON: <c>[],</c> has two tokens in three bytes, and a token costs up to 36 bytes.</summary>
    private const int WorstCostPerByte = 24;

    /// <summary>The options of every JSON parser.</summary>
    public static JsonDocumentOptions Options { get; } = new() { MaxDepth = MaxDepth };

    /// <summary>The options of the parser of settings, in which a member that occurs twice is an error.</summary>
    private static JsonDocumentOptions SettingsOptions { get; } = Options with { AllowDuplicateProperties = false };

    /// <summary>The options of every JSON reader.</summary>
    public static JsonReaderOptions ReaderOptions { get; } = new() { MaxDepth = MaxDepth };

    /// <summary>The options of a reader of one event that is later parsed as the item of an array, which is one level.</summary>
    public static JsonReaderOptions ItemOptions { get; } = ReaderOptions with { MaxDepth = MaxDepth - 1 };

    /// <summary>Parses a text whose size is bounded elsewhere: a queue message of at most 64 KiB.</summary>
    /// <param name="body">One JSON value, with a byte order mark or without.</param>
    /// <param name="maxDepth">The maximum nesting depth.</param>
    /// <exception cref="HeadwaterException">MalformedBody, saying where.</exception>
    public static JsonDocument Parse(ReadOnlyMemory<byte> body, int maxDepth = MaxDepth)
    {
        body = Checked(body);
        try
        {
            return JsonDocument.Parse(body, Options with { MaxDepth = maxDepth });
        }
        catch (JsonException e)
        {
            throw JsonFaults.Malformed(body.Span, e);
        }
    }

    /// <summary>Parses one event. Its tokens are counted, and their cost charged to the budget, before it is parsed.</summary>
    /// <param name="body">One JSON value, with a byte order mark or without.</param>
    /// <param name="budget">Charged until the result is disposed.</param>
    /// <param name="index">Of the event in its request, if the fault of a text that is not JSON shall name it.</param>
    /// <exception cref="HeadwaterException">MalformedBody, saying where; EventTooLarge; Overloaded.</exception>
    public static ParsedJson Parse(ReadOnlyMemory<byte> body, BodyBudget budget, int? index = null)
    {
        body = Checked(body);
        try
        {
            var tally = new JsonTally(index ?? 0);
            var reader = new Utf8JsonReader(body.Span, ReaderOptions);
            while (reader.Read())
            {
                tally.Count(ref reader);
            }

            return Charged(body, budget, tally.CostOf(body.Length), Options);
        }
        catch (JsonException e)
        {
            throw JsonFaults.Malformed(body.Span, e, index);
        }
    }

    /// <summary>
    /// Parses a body of settings. An empty body counts as an empty object. Every text in the result has a UTF-8 form, so that it can be compared and copied.
    /// </summary>
    /// <param name="body">One JSON value, with a byte order mark or without.</param>
    /// <param name="budget">Charged until the result is disposed.</param>
    /// <exception cref="HeadwaterException">MalformedBody, saying where; Overloaded.</exception>
    public static ParsedJson ParseSettings(ReadOnlyMemory<byte> body, BodyBudget budget)
    {
        body = Checked(body);
        if (!body.Span.ContainsAnyExcept(" \t\r\n"u8))
        {
            return Parse("{}"u8.ToArray(), budget, SettingsOptions);
        }

        if (FindLoneSurrogate(body.Span) is { } at)
        {
            throw Refusals.MalformedBody($"The text that starts at byte {at} holds half of a surrogate pair.");
        }

        try
        {
            return Parse(body, budget, SettingsOptions);
        }
        catch (JsonException e)
        {
            throw JsonFaults.Malformed(body.Span, e);
        }
    }

    /// <summary>
    /// The position of the first string or name that has no UTF-8 form; null if there is none. System.Text.Json parses such a text and throws when the text is
    /// compared or copied.
    /// </summary>
    public static long? FindLoneSurrogate(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json, ReaderOptions);
        try
        {
            while (reader.Read())
            {
                if (reader.TokenType is JsonTokenType.String or JsonTokenType.PropertyName && reader.ValueIsEscaped)
                {
                    _ = reader.GetString();
                }
            }
        }
        catch (JsonException)
        {
            // The parser reports the place.
        }
        catch (InvalidOperationException)
        {
            return reader.TokenStartIndex;
        }

        return null;
    }

    /// <summary>Parses a text of limited length. The most that a text of this length can cost is charged before it is parsed.</summary>
    /// <exception cref="JsonException">The text is not JSON.</exception>
    /// <exception cref="HeadwaterException">Overloaded.</exception>
    public static ParsedJson Parse(ReadOnlyMemory<byte> text, BodyBudget budget, JsonDocumentOptions options) =>
        Charged(text, budget, (long)text.Length * WorstCostPerByte, options);

    /// <summary>The body without a byte order mark.</summary>
    /// <exception cref="HeadwaterException">MalformedBody: it is not UTF-8.</exception>
    public static ReadOnlyMemory<byte> Checked(ReadOnlyMemory<byte> body)
    {
        body = WithoutMark(body);
        CheckUtf8(body.Span);
        return body;
    }

    /// <summary>The body without a byte order mark, which a parser may ignore (RFC 8259, 8.1).</summary>
    public static ReadOnlyMemory<byte> WithoutMark(ReadOnlyMemory<byte> body) => body.Span.StartsWith("\uFEFF"u8) ? body[3..] : body;

    /// <summary>Checks the encoding.</summary>
    /// <exception cref="HeadwaterException">MalformedBody with the first byte that is wrong.</exception>
    public static void CheckUtf8(ReadOnlySpan<byte> body)
    {
        if (Utf8.IsValid(body))
        {
            return;
        }

        int at = 0;
        while (System.Text.Rune.DecodeFromUtf8(body[at..], out _, out int length) == System.Buffers.OperationStatus.Done)
        {
            at += length;
        }

        throw Refusals.MalformedBody($"The body is not valid UTF-8 at byte {at}.");
    }

    /// <summary>Whether the bytes are one JSON value in UTF-8.</summary>
    public static bool IsJson(ReadOnlySpan<byte> value)
    {
        if (!Utf8.IsValid(value))
        {
            return false;
        }

        var reader = new Utf8JsonReader(value, ReaderOptions);
        try
        {
            while (reader.Read())
            {
                // Reading on is the check.
            }

            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private static ParsedJson Charged(ReadOnlyMemory<byte> text, BodyBudget budget, long cost, JsonDocumentOptions options)
    {
        MemoryCharge charge = budget.Charge(cost);
        try
        {
            return new ParsedJson(JsonDocument.Parse(text, options), charge);
        }
        catch
        {
            charge.Dispose();
            throw;
        }
    }
}
