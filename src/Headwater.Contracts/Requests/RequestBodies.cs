using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Json.Serialization;
using Headwater.Contracts.Text;

namespace Headwater.Contracts.Requests;

/// <summary>The settings of a new stream.</summary>
[UnconditionalSuppressMessage("Trimming", "IL2026", Justification = TrimmedBounds.Reason)]
public sealed record StreamSettingsBody(
    [property: AllowedNames("event", "entity")]
    [property: Description(
        "entity: every event has a key, and a key's latest event is the entity's state. "
        + "event: events record what happened; keys are optional.")]
    string? Kind,
    [property: Range(1, 1024)] int? Partitions,
    [property: Description("An Avro schema as JSON: an object, an array or the name of a primitive type.")] RawJson? Schema,
    [property: AllowedNames("deflate", "null", "zstandard")]
    [property: Description(
        "The compression of new segments; default deflate. Every Avro tool opens deflate and null. "
        + "python3-avro and avsc open zstandard only with an extra package, and avrocat does not.")]
    string? Codec,
    RetentionBody? Retention,
    CompactionBody? Compaction,
    [property: MaxLength(256)] string? Owner,
    [property: MaxLength(16384)] string? Doc,
    [property: MaxLength(64)] IReadOnlyList<string>? Tags,
    [property: Description("Whether events that other services put on queue inbox may be appended.")] bool? Inbox);

/// <summary>A change of a stream's settings. An absent member leaves its setting unchanged; null removes the setting.</summary>
[UnconditionalSuppressMessage("Trimming", "IL2026", Justification = TrimmedBounds.Reason)]
public sealed record StreamChangeBody(
    RetentionBody? Retention,
    CompactionBody? Compaction,
    [property: MaxLength(256)] string? Owner,
    [property: MaxLength(16384)] string? Doc,
    [property: MaxLength(64)] IReadOnlyList<string>? Tags,
    bool? Inbox);

/// <summary>How long events are kept.</summary>
public sealed record RetentionBody(
    [property: Description("An ISO 8601 duration without months or years, at most P36500D: P30D, PT1H.")] string? Time,
    [property: Range(1 << 20, long.MaxValue)] long? Bytes);

/// <summary>How an entity stream is compacted.</summary>
public sealed record CompactionBody(
    [property: Description(
        "A segment with an event younger than this is not compacted. An ISO 8601 duration without months or years, at most P36500D: PT1H, PT0S. "
        + "Default PT1H.")]
    string? MinLag,
    [property: Description("An ISO 8601 duration without months or years, at most P36500D: P30D, PT1H.")] string? TombstoneRetention);

/// <summary>An event to append.</summary>
[UnconditionalSuppressMessage("Trimming", "IL2026", Justification = TrimmedBounds.Reason)]
public sealed record EventBody(
    string? Key,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    [property: Description("The value, encoded by the stream's schema; null is a tombstone.")]
    JsonElement Value,
    [property: MaxLength(64)] IReadOnlyDictionary<string, string>? Headers,
    [property: Description(
        "When the event happened: ISO 8601 with an offset. "
        + "A number is also accepted: microseconds since 1970-01-01T00:00:00Z.")] string? Time);

/// <summary>Offsets to commit.</summary>
[UnconditionalSuppressMessage("Trimming", "IL2026", Justification = TrimmedBounds.Reason)]
public sealed record OffsetCommitBody(
    [property: Length(1, 100)] IReadOnlyList<CommittedOffsetBody> Offsets,
    [property: Description("Send it together with generation. Without both, the commit is not a member's.")] string? Member,
    [property: Description("The generation of the answer under which the events were read.")] long? Generation);

/// <summary>An offset to commit.</summary>
[UnconditionalSuppressMessage("Trimming", "IL2026", Justification = TrimmedBounds.Reason)]
public sealed record CommittedOffsetBody(
    [property: Range(0, int.MaxValue)] int Partition,
    [property: Range(0, long.MaxValue)]
    [property: Description("The offset of the next event to read.")]
    long Offset,
    [property: MaxLength(4096)] string? Metadata);

/// <summary>A join or a heartbeat.</summary>
[UnconditionalSuppressMessage("Trimming", "IL2026", Justification = TrimmedBounds.Reason)]
public sealed record MemberBeatBody(
    [property: Description("An id that only this process uses. If absent, the service generates one.")] string? Member,
    [property: Description("An ISO 8601 duration, PT6S to PT10M. Default PT60S.")] string? SessionTimeout,
    [property: MaxLength(1024)]
    [property: Description(
        "The partitions that the member keeps working on, without those of the last release. "
        + "Empty and without generation: the member joins.")]
    IReadOnlyList<int>? Owned,
    [property: Description("The generation of the last answer.")] long? Generation);

/// <summary>A reset of a group's offsets.</summary>
[UnconditionalSuppressMessage("Trimming", "IL2026", Justification = TrimmedBounds.Reason)]
public sealed record OffsetResetBody(
    [property: AllowedNames("earliest", "latest", "offset", "time")] string To,
    [property: Range(0, long.MaxValue)]
    [property: Description("For to=offset. In each partition, limited to the range from log start to log end.")]
    long? Offset,
    [property: Description("For to=time: ISO 8601 with an offset, or microseconds. Resets to the first event appended at or after it.")] string? Time,
    [property: MaxLength(1024)]
    [property: Description("The partitions to reset. If absent, all.")]
    IReadOnlyList<int>? Partitions,
    bool? DryRun);

/// <summary>A request for maintenance.</summary>
public sealed record MaintenanceBody(
    [property: AllowedNames("seal", "checkpoint", "retain", "compact", "sweep")]
    [property: Description("The kinds of work to do. If absent, all.")]
    IReadOnlyList<string>? Work,
    [property: Description("An ISO 8601 duration, at most PT180S. No step begins after it has passed. Default PT60S.")] string? Budget,
    [property: Description("true: seal ends every active segment that has events, whatever its age. Requires the work seal. Default false.")]
    bool? Force);

/// <summary>An event in CloudEvents 1.0 JSON format. The key is partitionkey, else subject. An event without data is a tombstone.</summary>
[UnconditionalSuppressMessage("Trimming", "IL2026", Justification = TrimmedBounds.Reason)]
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
