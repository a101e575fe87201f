using Headwater.Contracts.Answers;
using Headwater.Contracts.Text;
using Headwater.Core.Segments;
using Headwater.Log.Model;
using Headwater.Log.Streams;

namespace Headwater.Http.Streams;

/// <summary>Streams as answers.</summary>
internal static class StreamJson
{
    public static StreamListAnswer Of(StreamPage page) => new([.. page.Streams.Select(s => Of(s, withSchema: false))], page.Next);

    /// <param name="stream">What.</param>
    /// <param name="withSchema">Lists leave the schema out.</param>
    public static StreamAnswer Of(StreamDescription stream, bool withSchema)
    {
        StreamSettings settings = stream.Settings;
        return new StreamAnswer(
            stream.Name.Value,
            stream.StreamId,
            settings.Kind switch { StreamKind.Event => "event", StreamKind.Entity => "entity" },
            settings.Partitions,
            stream.Schema.Verbatim is null,
            stream.SchemaVersion,
            withSchema && stream.Schema.Verbatim is { } schema ? new RawJson(schema) : null,
            settings.Codec.Name(),
            Of(settings.Retention, stream.RetentionDelay),
            Of(settings.Compaction),
            settings.Owner,
            false,
            settings.Doc,
            [.. settings.Tags],
            settings.Inbox,
            stream.Created.UtcDateTime,
            null);
    }

    private static RetentionAnswer? Of(RetentionSettings? retention, RetentionDelay? delay) => retention is null
        ? null
        : new RetentionAnswer(Format(retention.Time), retention.Bytes, delay?.EffectiveFrom.UtcDateTime, LimitsOf(delay?.UntilThen));

    private static RetentionLimitsAnswer? LimitsOf(RetentionSettings? retention) =>
        retention is null ? null : new RetentionLimitsAnswer(Format(retention.Time), retention.Bytes);

    private static CompactionAnswer? Of(CompactionSettings? compaction) =>
        compaction is null ? null : new CompactionAnswer(Format(compaction.MinLag), Format(compaction.TombstoneRetention));

    private static string? Format(TimeSpan? duration) => duration is { } known ? Durations.Format(known) : null;
}
