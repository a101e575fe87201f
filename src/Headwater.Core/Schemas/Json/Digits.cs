namespace Headwater.Core.Schemas.Json;

/// <summary>Numbers with a fixed number of ASCII digits.</summary>
internal static class Digits
{
    /// <summary>Reads a text of 1 to 9 digits.</summary>
    public static bool TryRead(ReadOnlySpan<byte> text, out int number)
    {
        number = 0;
        if (text.IsEmpty || text.Length > 9 || text.ContainsAnyExceptInRange((byte)'0', (byte)'9'))
        {
            return false;
        }

        foreach (byte digit in text)
        {
            number = (10 * number) + digit - '0';
        }

        return true;
    }

    /// <summary>Fills the span with the number, padded with zeros on the left.</summary>
    public static void Write(int number, Span<byte> into)
    {
        for (int i = into.Length - 1; i >= 0; i--)
        {
            into[i] = (byte)('0' + (number % 10));
            number /= 10;
        }
    }
}
