using System.Globalization;
using Headwater.Log.Ports;

namespace Headwater.Queues.Messages;

/// <summary>
/// Ids of queued batches: 32 lower-case hex digits. The first 8 digits are the Unix second of creation, so that the id alone determines the row's partition
/// and age.
/// </summary>
public static class TimedId
{
    /// <summary>The number of hex digits.</summary>
    public const int Length = 32;

    private const int TimeDigits = 8;

    /// <summary>Makes a unique id.</summary>
    public static string New(DateTimeOffset now, Randomness randomness) => Of(now, randomness.NextId());

    /// <summary>Makes an id.</summary>
    /// <param name="time">The time of creation.</param>
    /// <param name="rest">The low 96 bits make ids of the same second unique.</param>
    public static string Of(DateTimeOffset time, UInt128 rest) =>
        string.Create(CultureInfo.InvariantCulture, $"{(uint)time.ToUnixTimeSeconds():x8}") + rest.ToString("x32", CultureInfo.InvariantCulture)[TimeDigits..];

    /// <summary>Whether a text has the form of an id.</summary>
    public static bool IsWellFormed(string id) => id.Length == Length && id.All(char.IsAsciiHexDigitLower);

    /// <summary>The second of creation.</summary>
    /// <param name="id">A well-formed id.</param>
    public static DateTimeOffset TimeOf(string id) =>
        DateTimeOffset.FromUnixTimeSeconds(uint.Parse(id.AsSpan(0, TimeDigits), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture));
}
