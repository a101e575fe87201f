using System.Text.Json.Serialization;
using Headwater.Core.Segments;

namespace Headwater.Log.Model;

/// <summary>What the events of a stream mean, which decides whether it is compacted. Never changes.</summary>
public enum StreamKind
{
    /// <summary>Events record what happened, with or without keys. Compaction removes no event.</summary>
    [JsonStringEnumMemberName("event")]
    Event,

    /// <summary>Every event has a key, and the latest event of a key is the entity's state. Compaction removes older events of a key.</summary>
    [JsonStringEnumMemberName("entity")]
    Entity,
}

/// <summary>When old segments are deleted. Only whole segments are, never the active one or the last one with events.</summary>
/// <param name="Time">A segment is deleted once its last event is older than this; null for no limit by age.</param>
/// <param name="Bytes">The oldest segments of a partition are deleted while the rest has at least this many stored bytes; null for no limit by size.</param>
public sealed record RetentionSettings(TimeSpan? Time, long? Bytes)
{
    /// <summary>Least <see cref="Bytes"/> of a new setting: 1 MiB, the size of the largest event. A stored setting may have less.</summary>
    public const long MinBytes = 1 << 20;

    /// <summary>Whether the settings may delete an event that the other settings keep.</summary>
    /// <param name="other">The other settings; null keeps every event.</param>
    public bool KeepsLessThan(RetentionSettings? other) => IsLess(Time, other?.Time) || IsLess(Bytes, other?.Bytes);

    /// <summary>The settings that keep what either of two settings keeps; null if one of them keeps every event.</summary>
    public static RetentionSettings? Widest(RetentionSettings? left, RetentionSettings? right)
    {
        var widest = new RetentionSettings(Larger(left?.Time, right?.Time), Larger(left?.Bytes, right?.Bytes));
        return widest is { Time: null, Bytes: null } ? null : widest;
    }

    private static bool IsLess<T>(T? limit, T? other)
        where T : struct, IComparable<T> => limit is { } own && (other is not { } its || own.CompareTo(its) < 0);

    private static T? Larger<T>(T? left, T? right)
        where T : struct, IComparable<T> => left is { } one && right is { } two ? (one.CompareTo(two) < 0 ? two : one) : null;
}

/// <summary>A retention that keeps less than the one before takes effect after a delay, in which it can be taken back.</summary>
/// <param name="EffectiveFrom">When the stream's retention takes effect, by the storage service's clock.</param>
/// <param name="UntilThen">The retention in force until then; null keeps every event.</param>
public sealed record RetentionDelay(DateTimeOffset EffectiveFrom, RetentionSettings? UntilThen);

/// <summary>When an entity stream is compacted.</summary>
/// <param name="MinLag">A segment with an event younger than this is not compacted. Null: <see cref="CompactionOptions.MinLag"/>.</param>
/// <param name="TombstoneRetention">How long a tombstone stays after compaction removed the older events of its key. Null:
/// <see cref="CompactionOptions.TombstoneRetention"/>.</param>
public sealed record CompactionSettings(TimeSpan? MinLag, TimeSpan? TombstoneRetention);

/// <summary>
/// The settings of a stream. Kind, partitions, schema and codec are fixed at creation; <see cref="StreamChange"/> changes the others. Compare two of them with
/// <see cref="SameAs"/>, because the record's equality compares tags by reference and schemas as text.
/// </summary>
public sealed record StreamSettings
{
    /// <summary>Most partitions of a stream.</summary>
    public const int MaxPartitions = 1024;

    /// <summary>Whether the stream holds events or the states of entities.</summary>
    public StreamKind Kind { get; init; } = StreamKind.Event;

    /// <summary>The number of partitions, 1 to 1,024.</summary>
    public int Partitions { get; init; } = 1;

    /// <summary>The Avro schema of values as JSON text, verbatim; null for a stream without a schema, whose values are bytes.</summary>
    public string? Schema { get; init; }

    /// <summary>How new segments are compressed.</summary>
    public BlockCodec Codec { get; init; } = BlockCodec.Deflate;

    /// <summary>When old segments are deleted; null keeps every event for ever.</summary>
    public RetentionSettings? Retention { get; init; }

    /// <summary>When an entity stream is compacted; null for the defaults in <see cref="CompactionOptions"/>.</summary>
    public CompactionSettings? Compaction { get; init; }

    /// <summary>The owner, as free text for people. The log does not interpret it.</summary>
    public string? Owner { get; init; }

    /// <summary>A description of the stream, as free text for people.</summary>
    public string? Doc { get; init; }

    /// <summary>Labels, as free text for people. Their order is kept and counts for <see cref="SameAs"/>.</summary>
    public IReadOnlyList<string> Tags { get; init; } = [];

    /// <summary>Whether messages that other services send to queue <c>inbox</c> may be appended.</summary>
    public bool Inbox { get; init; }

    /// <summary>Whether all settings are equal. Schemas are compared as JSON values, so white space and the order of members do not matter.</summary>
    /// <exception cref="System.Text.Json.JsonException">A schema is not JSON.</exception>
    public bool SameAs(StreamSettings other) => !DifferencesFrom(other).Any();

    /// <summary>The settings in which the other differs, by their names in JSON.</summary>
    public IEnumerable<string> DifferencesFrom(StreamSettings other)
    {
        (string Name, bool IsSame)[] settings =
        [
            ("kind", Kind == other.Kind),
            ("partitions", Partitions == other.Partitions),
            ("schema", SameSchema(Schema, other.Schema)),
            ("codec", Codec == other.Codec),
            ("retention", Retention == other.Retention),
            ("compaction", Compaction == other.Compaction),
            ("owner", Owner == other.Owner),
            ("doc", Doc == other.Doc),
            ("tags", Tags.SequenceEqual(other.Tags)),
            ("inbox", Inbox == other.Inbox),
        ];
        return settings.Where(s => !s.IsSame).Select(s => s.Name);
    }

    private static bool SameSchema(string? left, string? right)
    {
        if (left is null || right is null)
        {
            return left is null && right is null;
        }

        using var a = System.Text.Json.JsonDocument.Parse(left);
        using var b = System.Text.Json.JsonDocument.Parse(right);
        return System.Text.Json.JsonElement.DeepEquals(a.RootElement, b.RootElement);
    }
}

/// <summary>
/// A change of a stream's settings. A member that is not set leaves its setting unchanged; <see cref="Optional{T}"/> distinguishes that from "set to null".
/// </summary>
public sealed record StreamChange
{
    /// <summary>Replaces the whole retention settings; null removes all limits.</summary>
    public Optional<RetentionSettings?> Retention { get; init; }

    /// <summary>Replaces the whole compaction settings; null restores the defaults.</summary>
    public Optional<CompactionSettings?> Compaction { get; init; }

    /// <summary>Replaces the owner; null removes it.</summary>
    public Optional<string?> Owner { get; init; }

    /// <summary>Replaces the description; null removes it.</summary>
    public Optional<string?> Doc { get; init; }

    /// <summary>Replaces all tags; an empty list removes them.</summary>
    public Optional<IReadOnlyList<string>> Tags { get; init; }

    /// <summary>Allows or forbids messages from queue <c>inbox</c>.</summary>
    public Optional<bool> Inbox { get; init; }

    /// <summary>The current settings with this change. Applying a change twice has no further effect.</summary>
    public StreamSettings ApplyTo(StreamSettings current) => current with
    {
        Retention = Retention.Or(current.Retention),
        Compaction = Compaction.Or(current.Compaction),
        Owner = Owner.Or(current.Owner),
        Doc = Doc.Or(current.Doc),
        Tags = Tags.Or(current.Tags),
        Inbox = Inbox.Or(current.Inbox),
    };
}

/// <summary>A member of a request that may be absent. The default value is absent.</summary>
/// <typeparam name="T">The type of the member's value.</typeparam>
/// <param name="IsSet">Whether the request has the member.</param>
/// <param name="Value">The member's value; meaningless if it is absent.</param>
public readonly record struct Optional<T>(bool IsSet, T Value)
{
    /// <summary>The member's value, or <paramref name="current"/> if the member is absent.</summary>
    public T Or(T current) => IsSet ? Value : current;
}
