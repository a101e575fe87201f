using System.Globalization;
using Headwater.Core.Positions;
using Headwater.Log.Model;

namespace Headwater.Log.Segments;

/// <summary>Every blob name the log uses, built in one place. The names are part of the storage format and never change.</summary>
public static class BlobNames
{
    public const string SegmentSuffix = ".avro";

    public const string GroupSuffix = ".json";

    private const string StreamDocumentName = "/stream.json";

    public static string StreamDocument(StreamName stream) => stream.Value + StreamDocumentName;

    /// <summary>Everything under a stream's name: its document and one folder per creation.</summary>
    public static string NameFolder(StreamName stream) => stream.Value + "/";

    /// <summary>Everything of one creation of a stream.</summary>
    public static string StreamFolder(StreamName stream, string streamId) => $"{stream.Value}/{streamId}/";

    public static string PartitionFolder(StreamName stream, string streamId, PartitionId partition) =>
        string.Create(CultureInfo.InvariantCulture, $"{stream.Value}/{streamId}/{partition.Value:D5}/");

    /// <summary>A segment of generation 0; known from its base offset alone, so that a successor needs no listing to be found.</summary>
    public static string Segment(string partitionFolder, Offset baseOffset) =>
        string.Create(CultureInfo.InvariantCulture, $"{partitionFolder}{baseOffset.Value:D20}{SegmentSuffix}");

    /// <summary>A segment written by compaction over the live segments from <paramref name="range"/>'s start to its end.</summary>
    public static string Compacted(string partitionFolder, OffsetRange range, int generation) =>
        string.Create(CultureInfo.InvariantCulture, $"{partitionFolder}{range.Start.Value:D20}-{range.End.Value:D20}.g{generation:D4}{SegmentSuffix}");

    public static string Index(string partitionFolder, Offset baseOffset) =>
        string.Create(CultureInfo.InvariantCulture, $"{partitionFolder}{baseOffset.Value:D20}.index");

    /// <summary>The index of a segment of any generation.</summary>
    public static string IndexOf(string segment) => segment[..^SegmentSuffix.Length] + ".index";

    public static string Checkpoint(string partitionFolder) => partitionFolder + "checkpoint";

    /// <summary>The agreed state of a partition's compaction.</summary>
    public static string Compaction(string partitionFolder) => partitionFolder + "compaction";

    /// <summary>What the names of a partition's saved compaction scans start with.</summary>
    public static string CompactionScans(string partitionFolder) => partitionFolder + "compaction-";

    /// <summary>What the scan of one compaction run has found so far.</summary>
    public static string CompactionScan(string partitionFolder, string run) => CompactionScans(partitionFolder) + run;

    /// <summary>A queued batch's events, when they are too large for a queue message.</summary>
    public static string QueuedBatch(string stream, string streamId, string batch) => $"{stream}/{streamId}/appends/{batch}";

    /// <summary>Whole queue messages, kept where no stream can be.</summary>
    public const string QueueFolder = "headwater.queue/";

    /// <summary>A queue message that is too large for a queue.</summary>
    public static string QueueMessage(string id) => QueueFolder + id;

    /// <summary>What the names of a stream's group snapshots start with.</summary>
    public static string GroupFolder(StreamName stream, string streamId) => $"{stream.Value}/{streamId}/groups/";

    /// <summary>A consumer group: that it exists, and its offsets when they were last copied.</summary>
    public static string Group(StreamName stream, string streamId, string group) => GroupFolder(stream, streamId) + group + GroupSuffix;

    public static string Producer(StreamName stream, string streamId, string producer) => $"{stream.Value}/{streamId}/producers/{producer}.json";
}
