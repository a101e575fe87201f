using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using System.Text.Json.Serialization;
using Headwater.Contracts.Text;

namespace Headwater.Contracts.Answers;

/// <summary>A page of a partition's events.</summary>
public sealed record EventPageAnswer(IReadOnlyList<EventAnswer> Events, long NextOffset, long LogStartOffset, long LogEndOffset);

/// <summary>A stored event.</summary>
public sealed record EventAnswer(
    long Offset,
    DateTime Appended,
    DateTime? Time,
    string? Key,
    IReadOnlyDictionary<string, string> Headers,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    [property: Description(
        "The value, encoded by the stream's schema; null is a tombstone. "
        + "In a schemaless stream: the JSON as posted, or base64 of other bytes.")]
    JsonElement Value);

/// <summary>A page of the events of several partitions.</summary>
public sealed record StreamPageAnswer(
    [property: Description("The events of each partition are in offset order.")] IReadOnlyList<PartitionEventAnswer> Events,
    [property: Description("Continues after this page: the parameter cursor of the next read.")] string Cursor);

/// <summary>A stored event and its partition.</summary>
public sealed record PartitionEventAnswer(
    int Partition,
    long Offset,
    DateTime Appended,
    DateTime? Time,
    string? Key,
    IReadOnlyDictionary<string, string> Headers,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    [property: Description(
        "The value, encoded by the stream's schema; null is a tombstone. "
        + "In a schemaless stream: the JSON as posted, or base64 of other bytes.")]
    JsonElement Value);

/// <summary>The positions of every partition.</summary>
public sealed record PartitionListAnswer(IReadOnlyList<PartitionAnswer> Partitions);

/// <summary>A partition's first offset, next offset and size.</summary>
public sealed record PartitionAnswer(int Partition, long LogStartOffset, long LogEndOffset, int Segments, long Bytes);

/// <summary>Segments with URLs for direct reads.</summary>
public sealed record SegmentListAnswer(IReadOnlyList<SegmentAnswer> Segments);

/// <summary>A live segment.</summary>
public sealed record SegmentAnswer(
    int Partition,
    long BaseOffset,
    long NextOffset,
    long Bytes,
    bool Sealed,
    int Generation,
    int SchemaVersion,
    [property: AllowedNames("deflate", "null", "zstandard")] string Codec,
    [property: DataType(DataType.Url)]
    [property: Description("Gives read access to this segment only, until expires.")]
    string Url,
    DateTime Expires,
    [property: Description("The number of events; absent for a compacted segment.")] long? Events = null,
    [property: Description("Append time of the first event; absent if the segment has no events, or no index that begins with it.")]
    DateTime? FirstAppended = null,
    [property: Description("Append time of the last event; absent if the segment has no events, or no index.")] DateTime? LastAppended = null);
