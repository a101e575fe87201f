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

    /// <param name="body">One JSON value, with a byte order mark or without.</param>
    /// <param name="index">Of the event, if the body is one.</param>
    /// <exception cref="HeadwaterException">MalformedBody, saying where.</exception>
    public static JsonDocument Parse(ReadOnlyMemory<byte> body, int? index = null)
    {
        body = WithoutMark(body);
        CheckUtf8(body.Span);
        try
        {
            return JsonDocument.Parse(body, Options);
        }
        catch (JsonException e)
        {
            throw JsonFaults.Malformed(body.Span, e, index);
        }
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

    // RFC 8259, 8.1: a parser may ignore a byte order mark.
    private static ReadOnlyMemory<byte> WithoutMark(ReadOnlyMemory<byte> body) => body.Span.StartsWith("\uFEFF"u8) ? body[3..] : body;
}
