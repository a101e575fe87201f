namespace Headwater.Log.Ports;

/// <summary>How large a message is on its way: the service takes messages as the text of an XML element.</summary>
public static class QueueText
{
    /// <summary>The service's limit of one message.</summary>
    public const int MaxBytes = 64 * 1024;

    /// <summary>UTF-8 bytes with what XML writes longer: <c>&amp;</c>, <c>&lt;</c>, <c>&gt;</c> and the carriage return.</summary>
    public static int Size(ReadOnlySpan<byte> text)
    {
        int size = text.Length;
        foreach (byte b in text)
        {
            size += b switch
            {
                (byte)'&' or (byte)'\r' => 4,
                (byte)'<' or (byte)'>' => 3,
                _ => 0,
            };
        }

        return size;
    }
}
