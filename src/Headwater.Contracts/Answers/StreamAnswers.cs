using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Headwater.Contracts.Text;

namespace Headwater.Contracts.Answers;

/// <summary>A stream.</summary>
public sealed record StreamAnswer(
    string Name,
    [property: Description("Another for every creation under the name.")] string StreamId,
    [property: AllowedNames("event", "entity")]
    [property: Description("entity: a key per event, whose latest event is the entity's state. event: what happened, keyed or not.")]
    string Kind,
    int Partitions,
    bool Schemaless,
    int SchemaVersion,
    [property: Description("An Avro schema as JSON: an object, an array or the name of a primitive type. Lists leave it out.")] RawJson? Schema,
    [property: AllowedNames("deflate", "null", "zstandard")] string Codec,
    RetentionAnswer? Retention,
    CompactionAnswer? Compaction,
    string? Owner,
    [property: Description("Whether only the owner may append.")] bool OwnerEnforced,
    string? Doc,
    IReadOnlyList<string> Tags,
    [property: Description("Whether messages of other services on queue inbox may be appended.")] bool Inbox,
    DateTime Created);

/// <summary>How long events are kept.</summary>
public sealed record RetentionAnswer(
    [property: Description("ISO 8601 without months and years: P30D, PT1H.")] string? Time,
    [property: Range(1, long.MaxValue)] long? Bytes);

/// <summary>How an entity stream is compacted.</summary>
public sealed record CompactionAnswer(
    [property: Description("ISO 8601 without months and years: P30D, PT1H.")] string? MinLag,
    [property: Description("ISO 8601 without months and years: P30D, PT1H.")] string? TombstoneRetention);

/// <summary>A page of streams.</summary>
public sealed record StreamListAnswer(
    [property: Description("Without their schemas.")] IReadOnlyList<StreamAnswer> Streams,
    [property: Description("Give it as after for the next page; absent on the last.")] string? Next);
