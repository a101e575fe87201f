using System.Globalization;

namespace Headwater.Storage.Azure.Tests.Compacting;

/// <summary>How much data is compacted: little by default, much if HEADWATER_COMPACTION=long.</summary>
internal sealed record CompactionScale(int Events, int Keys, int SegmentBytes, int EventsPerRequest)
{
    public static bool IsLong { get; } = Environment.GetEnvironmentVariable("HEADWATER_COMPACTION") == "long";

    public static CompactionScale Chosen { get; } = IsLong ? new(1_000_000, 50_000, 1 << 20, 5_000) : new(30_000, 1_500, 16 << 10, 1_000);

    /// <summary>For repeated compaction beside a writer: one pass takes a second or less.</summary>
    public static CompactionScale Beside { get; } = IsLong ? new(100_000, 5_000, 1 << 20, 5_000) : new(10_000, 500, 16 << 10, 1_000);

    /// <summary>Each key repeats after all other keys, in a slightly mixed order. Each value is as long as a small record.</summary>
    public (string Key, byte[] Value) Event(int number)
    {
        long key = (number * 7919L) % Keys;
        string text = string.Create(
            CultureInfo.InvariantCulture, $"{number:D8} {(uint)number * 2654435761u:x8} {(uint)number * 40503u:x8} some words that every one of them has");
        return (string.Create(CultureInfo.InvariantCulture, $"entity-{key:D8}"), System.Text.Encoding.UTF8.GetBytes(text));
    }
}
