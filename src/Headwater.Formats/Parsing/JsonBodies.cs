using System.Text.Json;
using System.Text.Unicode;
using Headwater.Contracts.Errors;

namespace Headwater.Formats.Parsing;

/// <summary>How JSON is read: UTF-8 checked, depth bounded, no comments, no trailing commas.</summary>
public static class JsonBodies
{
    /// <summary>The maximum nesting depth.</summary>
    public const int MaxDepth = 64;

    /// <summary>The options of every JSON parser.</summary>
    public static JsonDocumentOptions Options { get; } = new() { MaxDepth = MaxDepth };

    /// <summary>The options of the parser of settings, in which a member that occurs twice is an error.</summary>
    private static JsonDocumentOptions SettingsOptions { get; } = Options with { AllowDuplicateProperties = false };

    /// <param name="body">One JSON value, with a byte order mark or without.</param>
    /// <param name="index">Of the event, if the body is one.</param>
    /// <exception cref="HeadwaterException">MalformedBody, saying where.</exception>
    public static JsonDocument Parse(ReadOnlyMemory<byte> body, int? index = null)
    {
        body = WithoutMark(body);
        CheckUtf8(body.Span);
        return Parse(body, Options, index);
    }

    /// <summary>
    /// Parses a body of settings. An empty body counts as an empty object. Every text in the result has a UTF-8 form, so that it can be compared and copied.
    /// </summary>
    /// <exception cref="HeadwaterException">MalformedBody.</exception>
    public static JsonDocument ParseSettings(ReadOnlyMemory<byte> body)
    {
        body = WithoutMark(body);
        CheckUtf8(body.Span);
        if (!body.Span.ContainsAnyExcept(" \t\r\n"u8))
        {
            return JsonDocument.Parse("{}");
        }

        if (FindLoneSurrogate(body.Span) is { } at)
        {
            throw Refusals.MalformedBody($"The text that starts at byte {at} holds half of a surrogate pair.");
        }

        return Parse(body, SettingsOptions, null);
    }

    /// <summary>
    /// The position of the first string or name that has no UTF-8 form; null if there is none. System.Text.Json parses such a text and throws when the text is
    /// compared or copied.
    /// </summary>
    public static long? FindLoneSurrogate(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = MaxDepth });
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

        var reader = new Utf8JsonReader(value, new JsonReaderOptions { MaxDepth = MaxDepth });
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

    private static JsonDocument Parse(ReadOnlyMemory<byte> body, JsonDocumentOptions options, int? index)
    {
        try
        {
            return JsonDocument.Parse(body, options);
        }
        catch (JsonException e)
        {
            throw JsonFaults.Malformed(body.Span, e, index);
        }
    }

    // RFC 8259, 8.1: a parser may ignore a byte order mark.
    private static ReadOnlyMemory<byte> WithoutMark(ReadOnlyMemory<byte> body) => body.Span.StartsWith("\uFEFF"u8) ? body[3..] : body;
}
