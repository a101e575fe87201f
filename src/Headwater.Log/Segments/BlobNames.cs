using System.Globalization;
using Headwater.Core.Positions;
using Headwater.Log.Model;

namespace Headwater.Log.Segments;

/// <summary>
/// Builds the names of all blobs in the container. The names are part of the storage format and never change. Offsets have 20 digits and partitions 5, so
/// ordinal order of the names is the order of the offsets.
/// </summary>
public static class BlobNames
{
    /// <summary>Suffix of segments of every generation. Segments are Avro container files.</summary>
    public const string SegmentSuffix = ".avro";

    /// <summary>Suffix of the indexes of segments.</summary>
    public const string IndexSuffix = ".index";

    /// <summary>Suffix of the documents of consumer groups.</summary>
    public const string GroupSuffix = ".json";

    private const string StreamDocumentName = "/stream.json";

    /// <summary>The document of a stream: <c>{stream}/stream.json</c>.</summary>
    public static string StreamDocument(StreamName stream) => stream.Value + StreamDocumentName;

    /// <summary>The folder of a stream name, which holds the stream's document and one folder per creation.</summary>
    public static string NameFolder(StreamName stream) => stream.Value + "/";

    /// <summary>The folder of one creation of a stream: <c>{stream}/{streamId}/</c>. It holds everything but the document.</summary>
    public static string StreamFolder(StreamName stream, string streamId) => $"{stream.Value}/{streamId}/";

    /// <summary>The folder of a partition: <c>{stream}/{streamId}/{partition}/</c>, with 5 digits for the partition.</summary>
    public static string PartitionFolder(StreamName stream, string streamId, PartitionId partition) =>
        string.Create(CultureInfo.InvariantCulture, $"{stream.Value}/{streamId}/{partition.Value:D5}/");

    /// <summary>
    /// A segment of generation 0: <c>{base}.avro</c>. The name depends only on the base offset, so finding the successor of a sealed segment needs no listing.
    /// </summary>
    public static string Segment(string partitionFolder, Offset baseOffset) =>
        string.Create(CultureInfo.InvariantCulture, $"{partitionFolder}{baseOffset.Value:D20}{SegmentSuffix}");

    /// <summary>
    /// A segment that compaction writes: <c>{start}-{end}.g{generation}.avro</c>, with at least 4 digits for the generation. It replaces the segments of lower
    /// generations in <paramref name="range"/>.
    /// </summary>
    public static string Compacted(string partitionFolder, OffsetRange range, int generation) =>
        string.Create(CultureInfo.InvariantCulture, $"{partitionFolder}{range.Start.Value:D20}-{range.End.Value:D20}.g{generation:D4}{SegmentSuffix}");

    /// <summary>The index of a sealed segment of generation 0: <c>{base}.index</c>.</summary>
    public static string Index(string partitionFolder, Offset baseOffset) =>
        string.Create(CultureInfo.InvariantCulture, $"{partitionFolder}{baseOffset.Value:D20}{IndexSuffix}");

    /// <summary>The index of a segment of any generation: its name with <c>.index</c> in place of <c>.avro</c>.</summary>
    /// <param name="segment">The full name of the segment's blob.</param>
    public static string IndexOf(string segment) => segment[..^SegmentSuffix.Length] + IndexSuffix;

    /// <summary>The checkpoint of a partition.</summary>
    public static string Checkpoint(string partitionFolder) => partitionFolder + "checkpoint";

    /// <summary>The state of a partition's compaction, shared by all instances.</summary>
    public static string Compaction(string partitionFolder) => partitionFolder + "compaction";

    /// <summary>Prefix of the saved compaction scans of a partition.</summary>
    public static string CompactionScans(string partitionFolder) => partitionFolder + "compaction-";

    /// <summary>The saved progress of the scan of one compaction run.</summary>
    public static string CompactionScan(string partitionFolder, string run) => CompactionScans(partitionFolder) + run;

    /// <summary>
    /// The events of a queued batch that are too large for a queue message: <c>{stream}/{streamId}/appends/{batch}</c>. Deleted with the stream.
    /// </summary>
    public static string QueuedBatch(string stream, string streamId, string batch) => $"{stream}/{streamId}/appends/{batch}";

    /// <summary>Folder of whole queue messages. Stream names that start with <c>headwater.</c> are reserved, so no stream has this folder.</summary>
    public const string QueueFolder = "headwater.queue/";

    /// <summary>A whole message that is too large for a queue.</summary>
    public static string QueueMessage(string id) => QueueFolder + id;

    /// <summary>The folder of a stream's consumer groups.</summary>
    public static string GroupFolder(StreamName stream, string streamId) => $"{stream.Value}/{streamId}/groups/";

    /// <summary>The document of a consumer group: <c>groups/{group}.json</c>. It records that the group exists, and the last copy of its offsets.</summary>
    public static string Group(StreamName stream, string streamId, string group) => GroupFolder(stream, streamId) + group + GroupSuffix;

    /// <summary>The document with the current epoch of a sequenced producer: <c>producers/{producer}.json</c>.</summary>
    public static string Producer(StreamName stream, string streamId, string producer) => $"{stream.Value}/{streamId}/producers/{producer}.json";
}
