using System.Globalization;
using Headwater.Log.Ports;

namespace Headwater.Queues.Messages;

/// <summary>Ids of batches taken for later: 32 lower-case hex digits, the first 8 of them the Unix second of their making, so that a row's place and age are known from its id alone.</summary>
public static class TimedId
{
    public const int Length = 32;

    private const int TimeDigits = 8;

    public static string New(DateTimeOffset now, Randomness randomness) => Of(now, randomness.NextId());

    /// <param name="time">The second it names.</param>
    /// <param name="rest">Its low 96 bits tell ids of one second apart.</param>
    public static string Of(DateTimeOffset time, UInt128 rest) =>
        string.Create(CultureInfo.InvariantCulture, $"{(uint)time.ToUnixTimeSeconds():x8}") + rest.ToString("x32", CultureInfo.InvariantCulture)[TimeDigits..];

    public static bool IsWellFormed(string id) => id.Length == Length && id.All(char.IsAsciiHexDigitLower);

    /// <param name="id">Well-formed.</param>
    public static DateTimeOffset TimeOf(string id) =>
        DateTimeOffset.FromUnixTimeSeconds(uint.Parse(id.AsSpan(0, TimeDigits), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture));
}
