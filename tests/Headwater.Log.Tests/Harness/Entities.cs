using Headwater.Core.Segments;
using Headwater.Log.Compaction;
using Headwater.Log.Maintenance;
using Headwater.Log.Model;

namespace Headwater.Log.Tests;

/// <summary>Entity streams that roll after every append, with options and methods to compact them.</summary>
internal static class Entities
{
    /// <summary>Every append starts a new segment.</summary>
    public static LogOptions Options { get; } =
        LogOptions.Default with { SegmentAppends = 2, Compaction = CompactionOptions.Default with { MinLag = TimeSpan.Zero } };

    public static StreamSettings Settings { get; } =
        new() { Kind = StreamKind.Entity, Codec = BlockCodec.Null, Compaction = new CompactionSettings(null, TimeSpan.FromHours(3)) };

    public static TimeSpan Grace => Options.Compaction.Grace;

    /// <summary>Appends each text as one segment: "a=1 b=2" is two events, "a" is a tombstone.</summary>
    public static async Task FillAsync(this Instance writer, StreamDescription stream, params string[] segments)
    {
        foreach (string segment in segments)
        {
            await writer.AppendAsync(stream, segment.Split(' ').Select(Event));
        }
    }

    public static async Task<CompactionReport> CompactAsync(this Instance instance, StreamDescription stream) =>
        (await instance.MaintainAsync(stream, MaintenanceWork.Compact)).Compaction!;

    /// <summary>Reads the stream from its start and returns it as text: "0 a=1, 3 b=2, 4 c".</summary>
    public static async Task<string> TellAsync(this Instance instance, StreamDescription stream) =>
        string.Join(", ", (await instance.ReadAllAsync(stream)).Select(e => e.Value is { } value ? $"{e.Offset} {e.Key}={value}" : $"{e.Offset} {e.Key}"));

    private static Posted Event(string text) => text.Split('=') is [var key, var value] ? new Posted(value, key) : new Posted(null, text);
}
