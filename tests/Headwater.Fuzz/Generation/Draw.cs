using System.Text;
using Headwater.Testing;

namespace Headwater.Fuzz.Generation;

/// <summary>Draws every choice of a case from its seed.</summary>
internal sealed class Draw(ulong seed)
{
    private static readonly int[] Lengths = [1, 2, 63, 64, 127, 128, 129, 255, 256, 257, 1_024, 1_025, 5_000];

    /// <summary>Texts at which parsers differ.</summary>
    private static readonly string[] Texts =
    [
        "", " ", "a", "k", "é", "😀", "\0", "\n", "\u2028", "\uFFFE", "%", "%25", "%zz", "100%", "%e2%82", "a b", "/", "..", ".", "a.", "~", "\\", "\"", "<a&b>",
        "headwater.x", "null", "true", "-1", "0", "1", "1.0", "1e3", "9223372036854775807", "9223372036854775808", "1e400", "NaN", "-Infinity", "Infinity",
        "2024-02-29", "2024-02-30", "2023-11-14T22:13:20Z", "2023-11-14T22:13:60Z", "2023-11-14T22:13:20.1234567891Z", "P1M", "PT1S", "-PT1S", "P10000000D",
        "123e4567-e89b-12d3-a456-426614174000", "AAECAw==", "AAECAw", "urn:a:b", "//", "http://[", "application/json", "text/plain; charset=latin1", "ABQ",
    ];

    private readonly SeededRandomness _words = new(seed);

    /// <summary>A value in [0, <paramref name="bound"/>).</summary>
    public int Below(int bound) => _words.NextBelow(bound);

    public bool OneIn(int times) => Below(times) == 0;

    public ulong Word() => _words.NextWord();

    public T Pick<T>(params ReadOnlySpan<T> from) => from[Below(from.Length)];

    public string Text() => Below(8) switch
    {
        0 => new string(Pick('a', 'Z', '9', 'ü', '/', '%'), Pick<int>(Lengths)),
        1 => Name(),
        _ => Pick<string>(Texts),
    };

    /// <summary>A text that a header can contain: no control characters.</summary>
    public string HeaderText() => new([.. Text().Where(c => !char.IsControl(c) && !char.IsSurrogate(c))]);

    public string Name() => Pick("a", "b", "c", "id", "value", "key", "time", "R", "items", "x1", "_y", "name", "long", "string");

    public byte[] Bytes(int count)
    {
        byte[] bytes = new byte[count];
        _words.Fill(bytes);
        return bytes;
    }

    /// <summary>A number distributed evenly over orders of magnitude, and the ends of the ranges.</summary>
    public long Number(int bits) => Below(6) switch
    {
        0 => bits == 31 ? int.MaxValue : long.MaxValue,
        1 => bits == 31 ? int.MinValue : long.MinValue,
        2 => Below(3) - 1,
        _ => (long)Word() >> (63 - Below(bits + 1)),
    };

    /// <summary>A query or path value, escaped or not.</summary>
    public string UrlText()
    {
        string text = Text();
        return OneIn(4) ? new string([.. text.Where(c => c is > ' ' and < '\u007f' and not '#')]) : Uri.EscapeDataString(text);
    }

    public byte[] Utf8(string text) => Encoding.UTF8.GetBytes(text);
}
