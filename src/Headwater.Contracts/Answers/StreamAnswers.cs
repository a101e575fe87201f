using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Headwater.Contracts.Text;

namespace Headwater.Contracts.Answers;

/// <summary>A stream.</summary>
public sealed record StreamAnswer(
    string Name,
    [property: Description("Unique to this stream: a stream created again under the name has another id.")] string StreamId,
    [property: AllowedNames("event", "entity")]
    [property: Description(
        "entity: every event has a key, and a key's latest event is the entity's state. "
        + "event: events record what happened; keys are optional.")]
    string Kind,
    int Partitions,
    bool Schemaless,
    int SchemaVersion,
    [property: Description("An Avro schema as JSON: an object, an array or the name of a primitive type. Absent from lists.")] RawJson? Schema,
    [property: AllowedNames("deflate", "null", "zstandard")] string Codec,
    RetentionAnswer? Retention,
    CompactionAnswer? Compaction,
    string? Owner,
    [property: Description("Whether only the owner may append events.")] bool OwnerEnforced,
    string? Doc,
    IReadOnlyList<string> Tags,
    [property: Description("Whether events that other services put on queue inbox may be appended.")] bool Inbox,
    DateTime Created,
    [property: Description(
        "The last failure of the stream's maintenance, until the work succeeds; absent if none failed, and from lists. "
        + "Up to a minute old.")]
    MaintenanceFailureAnswer? MaintenanceFailure);

/// <summary>How long events are kept.</summary>
public sealed record RetentionAnswer(
    [property: Description("An ISO 8601 duration without months or years: P30D, PT1H.")] string? Time,
    [property: Range(1, long.MaxValue)] long? Bytes,
    [property: Description("When time and bytes take effect. Absent if they did so at once; in the past if they are in force.")] DateTime? EffectiveFrom,
    [property: Description("The limits in force until effectiveFrom. Absent if there are none.")] RetentionLimitsAnswer? UntilThen);

/// <summary>The limits in force until a new retention takes effect.</summary>
public sealed record RetentionLimitsAnswer(
    [property: Description("An ISO 8601 duration without months or years: P30D, PT1H.")] string? Time,
    [property: Range(1, long.MaxValue)] long? Bytes);

/// <summary>How an entity stream is compacted.</summary>
public sealed record CompactionAnswer(
    [property: Description("An ISO 8601 duration without months or years: P30D, PT1H.")] string? MinLag,
    [property: Description("An ISO 8601 duration without months or years: P30D, PT1H.")] string? TombstoneRetention);

/// <summary>A page of streams.</summary>
public sealed record StreamListAnswer(
    [property: Description("The streams in name order, without their schemas.")] IReadOnlyList<StreamAnswer> Streams,
    [property: Description("The value of after that gets the next page; absent on the last page.")] string? Next);
