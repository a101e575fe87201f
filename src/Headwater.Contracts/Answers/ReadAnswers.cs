using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using System.Text.Json.Serialization;
using Headwater.Contracts.Text;

namespace Headwater.Contracts.Answers;

/// <summary>Events of a partition.</summary>
public sealed record EventPageAnswer(IReadOnlyList<EventAnswer> Events, long NextOffset, long LogStartOffset, long LogEndOffset);

/// <summary>An event as it is read.</summary>
public sealed record EventAnswer(
    long Offset,
    DateTime Appended,
    DateTime? Time,
    string? Key,
    IReadOnlyDictionary<string, string> Headers,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    [property: Description("By the stream's schema; null is a tombstone. Without a schema: the JSON it came as, or base64.")]
    JsonElement Value);

/// <summary>The positions of every partition.</summary>
public sealed record PartitionListAnswer(IReadOnlyList<PartitionAnswer> Partitions);

/// <summary>Where a partition begins and ends.</summary>
public sealed record PartitionAnswer(int Partition, long LogStartOffset, long LogEndOffset, int Segments, long Bytes);

/// <summary>Segments with URLs that read them.</summary>
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
    [property: Description("Reads this segment alone, until expires.")]
    string Url,
    DateTime Expires);
