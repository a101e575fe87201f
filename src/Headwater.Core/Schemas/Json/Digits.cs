namespace Headwater.Core.Schemas.Json;

/// <summary>Numbers of a known width, as ASCII digits.</summary>
internal static class Digits
{
    /// <summary>Reads a text that is all digits, at most nine.</summary>
    public static bool TryRead(ReadOnlySpan<byte> text, out int number)
    {
        number = 0;
        if (text.IsEmpty || text.Length > 9 || text.ContainsAnyExceptInRange((byte)'0', (byte)'9'))
            return false;
        foreach (byte digit in text)
            number = (10 * number) + digit - '0';
        return true;
    }

    /// <summary>Fills the space with the number, zeros before it.</summary>
    public static void Write(int number, Span<byte> into)
    {
        for (int i = into.Length - 1; i >= 0; i--)
        {
            into[i] = (byte)('0' + (number % 10));
            number /= 10;
        }
    }
}
