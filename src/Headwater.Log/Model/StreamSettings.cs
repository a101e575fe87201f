using System.Text.Json.Serialization;
using Headwater.Core.Segments;

namespace Headwater.Log.Model;

public enum StreamKind
{
    /// <summary>Records what happened, keyed or not.</summary>
    [JsonStringEnumMemberName("event")]
    Event,

    /// <summary>A key per event; the latest event per key is the entity's state.</summary>
    [JsonStringEnumMemberName("entity")]
    Entity,
}

/// <param name="Time">Age at which a whole segment may go.</param>
/// <param name="Bytes">Stored bytes per partition beyond which the oldest whole segments may go.</param>
public sealed record RetentionSettings(TimeSpan? Time, long? Bytes);

/// <param name="MinLag">Events younger than this are never compacted.</param>
/// <param name="TombstoneRetention">How long a tombstone stays after it became cleanable.</param>
public sealed record CompactionSettings(TimeSpan? MinLag, TimeSpan? TombstoneRetention);

/// <summary>What a stream is created with, defaults applied. Two are the same stream if <see cref="SameAs"/>.</summary>
public sealed record StreamSettings
{
    public const int MaxPartitions = 1024;

    public StreamKind Kind { get; init; } = StreamKind.Event;

    /// <summary>1 to 1,024; never changes.</summary>
    public int Partitions { get; init; } = 1;

    /// <summary>The Avro schema of values, verbatim; null for a stream without one.</summary>
    public string? Schema { get; init; }

    public BlockCodec Codec { get; init; } = BlockCodec.Deflate;

    public RetentionSettings? Retention { get; init; }

    public CompactionSettings? Compaction { get; init; }

    public string? Owner { get; init; }

    public string? Doc { get; init; }

    public IReadOnlyList<string> Tags { get; init; } = [];

    /// <summary>Whether messages of other services on queue <c>inbox</c> may be appended.</summary>
    public bool Inbox { get; init; }

    /// <summary>Equal member by member; schemas as JSON values, so that white space does not matter.</summary>
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

/// <summary>A change of settings: only members that are set change. <see cref="Optional{T}"/> tells "set to null" from "not named".</summary>
public sealed record StreamChange
{
    public Optional<RetentionSettings?> Retention { get; init; }

    public Optional<CompactionSettings?> Compaction { get; init; }

    public Optional<string?> Owner { get; init; }

    public Optional<string?> Doc { get; init; }

    public Optional<IReadOnlyList<string>> Tags { get; init; }

    public Optional<bool> Inbox { get; init; }

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

/// <summary>A member that may not have been named at all.</summary>
public readonly record struct Optional<T>(bool IsSet, T Value)
{
    public T Or(T current) => IsSet ? Value : current;
}
