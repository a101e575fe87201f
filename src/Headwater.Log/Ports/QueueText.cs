namespace Headwater.Log.Ports;

/// <summary>The size of a queue message as sent. The service receives the text inside an XML element, where some characters are longer.</summary>
public static class QueueText
{
    /// <summary>The service's limit for one message, in bytes after XML encoding.</summary>
    public const int MaxBytes = 64 * 1024;

    /// <summary>
    /// Bytes of the text after XML encoding, which replaces <c>&amp;</c>, <c>&lt;</c>, <c>&gt;</c> and the carriage return with 4 or 5 bytes each.
    /// </summary>
    /// <param name="text">UTF-8.</param>
    public static int Size(ReadOnlySpan<byte> text) =>
        text.Length + 4 * (text.Count((byte)'&') + text.Count((byte)'\r')) + 3 * (text.Count((byte)'<') + text.Count((byte)'>'));
}
