using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using System.Text.Json.Serialization;
using Headwater.Contracts.Text;

namespace Headwater.Contracts.Requests;

/// <summary>The settings of a new stream.</summary>
public sealed record StreamSettingsBody(
    [property: AllowedNames("event", "entity")]
    [property: Description("entity: a key per event, whose latest event is the entity's state. event: what happened, keyed or not.")]
    string? Kind,
    [property: Range(1, 1024)] int? Partitions,
    [property: Description("An Avro schema as JSON: an object, an array or the name of a primitive type.")] RawJson? Schema,
    [property: AllowedNames("deflate", "null", "zstandard")] string? Codec,
    RetentionBody? Retention,
    CompactionBody? Compaction,
    [property: MaxLength(256)] string? Owner,
    [property: MaxLength(16384)] string? Doc,
    [property: MaxLength(64)] IReadOnlyList<string>? Tags,
    [property: Description("Whether messages of other services on queue inbox may be appended.")] bool? Inbox);

/// <summary>A change of a stream's settings: only members that are there change; null takes the setting away.</summary>
public sealed record StreamChangeBody(
    RetentionBody? Retention,
    CompactionBody? Compaction,
    [property: MaxLength(256)] string? Owner,
    [property: MaxLength(16384)] string? Doc,
    [property: MaxLength(64)] IReadOnlyList<string>? Tags,
    bool? Inbox);

/// <summary>How long events are kept.</summary>
public sealed record RetentionBody(
    [property: Description("ISO 8601 without months and years: P30D, PT1H.")] string? Time,
    [property: Range(1, long.MaxValue)] long? Bytes);

/// <summary>How an entity stream is compacted.</summary>
public sealed record CompactionBody(
    [property: Description("ISO 8601 without months and years: P30D, PT1H.")] string? MinLag,
    [property: Description("ISO 8601 without months and years: P30D, PT1H.")] string? TombstoneRetention);

/// <summary>An event to append.</summary>
public sealed record EventBody(
    string? Key,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    [property: Description("By the stream's schema; null is a tombstone.")]
    JsonElement Value,
    [property: MaxLength(64)] IReadOnlyDictionary<string, string>? Headers,
    [property: Description("When it happened: ISO 8601 with an offset. Microseconds since 1970-01-01T00:00:00Z are taken too, as a number.")] string? Time);

/// <summary>Offsets to commit.</summary>
public sealed record OffsetCommitBody(
    [property: Length(1, 100)] IReadOnlyList<CommittedOffsetBody> Offsets,
    [property: Description("With generation; without both, a commit without membership.")] string? Member,
    [property: Description("Of the answer under which the events were read.")] long? Generation);

/// <summary>An offset to commit.</summary>
public sealed record CommittedOffsetBody(
    [property: Range(0, int.MaxValue)] int Partition,
    [property: Range(0, long.MaxValue)]
    [property: Description("The next one to read.")]
    long Offset,
    [property: MaxLength(4096)] string? Metadata);

/// <summary>A member's heartbeat, or its first.</summary>
public sealed record MemberBeatBody(
    [property: Description("An id for this process alone; one is made up if there is none.")] string? Member,
    [property: Description("ISO 8601, PT6S to PT10M. Default PT60S.")] string? SessionTimeout,
    [property: MaxLength(1024)]
    [property: Description("What the member goes on working on; leave out what was in release. Empty: it joins.")]
    IReadOnlyList<int>? Owned,
    [property: Description("From the last answer.")] long? Generation);

/// <summary>Where to set a group's offsets.</summary>
public sealed record OffsetResetBody(
    [property: AllowedNames("earliest", "latest", "offset", "time")] string To,
    [property: Range(0, long.MaxValue)]
    [property: Description("Brought within each partition's log.")]
    long? Offset,
    [property: Description("To the first event appended at or after it.")] string? Time,
    [property: MaxLength(1024)]
    [property: Description("All, if it is not there.")]
    IReadOnlyList<int>? Partitions,
    bool? DryRun,
    [property: Description("Also while members are alive, who then have to join again.")] bool? Force);

/// <summary>What maintenance is to do.</summary>
public sealed record MaintenanceBody(
    [property: AllowedNames("seal", "checkpoint", "retain", "compact", "sweep")]
    [property: Description("All of it if absent.")]
    IReadOnlyList<string>? Work,
    [property: Description("ISO 8601. No further step begins after this long; at most PT180S. Default PT60S.")] string? Budget);

/// <summary>An event as CloudEvents 1.0, JSON format. partitionkey, else subject, is the key; an event without data is a tombstone.</summary>
public sealed record CloudEventBody(
    [property: AllowedNames("1.0")]
    [property: JsonPropertyName("specversion")]
    string SpecVersion,
    [property: MinLength(1)] string Id,
    [property: MinLength(1)] string Source,
    [property: MinLength(1)] string Type,
    string? Subject,
    DateTime? Time,
    [property: JsonPropertyName("datacontenttype")] string? DataContentType,
    [property: JsonPropertyName("dataschema")] string? DataSchema,
    [property: JsonPropertyName("partitionkey")] string? PartitionKey,
    JsonElement? Data,
    [property: JsonPropertyName("data_base64")] string? DataBase64);
