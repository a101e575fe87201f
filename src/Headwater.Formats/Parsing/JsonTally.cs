using System.Text.Json;
using Headwater.Contracts.Errors;
using Headwater.Log.Append;
using Headwater.Log.Model;

namespace Headwater.Formats.Parsing;

/// <summary>Counts what parsing JSON will cost while a reader passes over it, so that the cost is known before it is spent.</summary>
/// <param name="index">The event's position in the request, from 0.</param>
public struct JsonTally(int index)
{
    /// <summary>A <see cref="JsonDocument"/> has a row for each token.</summary>
    private const int RowBytes = 12;

    /// <summary>An array of rows doubles from a power of two: while it grows, the old and the new one are at most three times the rows.</summary>
    private const int Growth = 3;

    /// <summary>A string as UTF-16 and as UTF-8.</summary>
    private const int StringCopies = 3;

    /// <summary>Tokens counted.</summary>
    public int Tokens { get; private set; }

    /// <summary>The bytes of the longest name or string.</summary>
    public int Longest { get; private set; }

    /// <summary>Counts the reader's token.</summary>
    /// <exception cref="HeadwaterException">EventTooLarge: no event may have as many tokens, or as long a string.</exception>
    public void Count(ref Utf8JsonReader reader)
    {
        if (++Tokens > Limits.EventTokens)
        {
            throw AppendRefusals.EventTooLarge(index, $"has more than {Limits.EventTokens} JSON tokens (names, values, beginnings and ends)");
        }

        if (reader.ValueSpan.Length <= Longest || reader.TokenType is not (JsonTokenType.String or JsonTokenType.PropertyName or JsonTokenType.Number))
        {
            return;
        }

        Longest = reader.ValueSpan.Length;
        if (Longest > Limits.TextBytes)
        {
            throw AppendRefusals.EventTooLarge(index, $"has a string of {Longest} bytes; the limit is {Limits.TextBytes}");
        }
    }

    /// <summary>Adds what another value costs that is parsed together with this one.</summary>
    public void Add(in JsonTally other)
    {
        Tokens += other.Tokens;
        Longest = Math.Max(Longest, other.Longest);
    }

    /// <summary>The most bytes that parsing a text with these tokens holds, the longest string included.</summary>
    /// <param name="length">The bytes of the text.</param>
    public readonly long CostOf(int length) => (Growth * Math.Max(length, (long)Tokens * RowBytes)) + ((long)StringCopies * Longest);
}
