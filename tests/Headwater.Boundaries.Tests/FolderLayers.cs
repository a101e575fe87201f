namespace Headwater.Boundaries.Tests;

/// <summary>
/// The folders of a project as layers, lowest first. A folder may use types of every lower layer and of earlier siblings in its own layer.
/// </summary>
/// <param name="Project">The project's folder under <c>src</c>.</param>
/// <param name="Order">Layers, separated by <c>&lt;</c>; siblings, separated by <c>.</c>. <c>(root)</c> is the project's folder itself.</param>
public sealed record FolderLayers(string Project, string Order)
{
    public const string Root = "(root)";

    public static IReadOnlyList<FolderLayers> All { get; } =
    [
        new("Headwater.Core", "Memory . Positions . Avro < Partitioning . Schemas < Segments"),
        new("Headwater.Contracts", "Media . Routes . Headers . Text < Errors < Answers . Requests < Json"),
        new(
            "Headwater.Log",
            "Telemetry . Budgets . Clock . Ports . Errors < Model < Segments < Streams . Producers < Partitions < Append . Read < Groups"
            + " < Compaction . Retention . Cleanup < Maintenance < (root)"),
        new("Headwater.Formats", "Parsing < Incoming < Json < CloudEvents . Containers"),
        new("Headwater.Queues", "Messages < Stored < Handling < (root)"),
        new(
            "Headwater.Http",
            "Requests < Bodies . Answers < Problems < Routing < Pipeline < OpenApi . Append . Groups . Maintenance . Queued . Read . Streams < "
                + "Health < (root)"),
        new("Headwater.Hosting", "Telemetry . Timers < Composition"),
        new("Headwater.Storage.Azure", "Errors . Metering < Connecting < Calling < Blobs . Tables . Queues < (root)"),
        new(
            "Headwater.Client",
            "Errors . Events . Schemas . Telemetry < Transport . Values < Streams . Decoding < Reading < Producing < Consuming . Replay"
                + " < Stores < Snapshots . Verifying < Views < (root)"),
        new("Headwater.Client.Sqlite", "(root)"),
        new("Headwater.LocalHost", "Errors < Metrics . Timers . Queues . Npm < Emulator . Serving < Copying . Demo < (root)"),
    ];

    /// <summary>Each folder's layer number.</summary>
    public IReadOnlyDictionary<string, int> Ranks { get; } = Order.Split('<')
        .SelectMany((layer, rank) => layer.Split(" . ").Select(folder => (Folder: folder.Trim(), Rank: rank)))
        .ToDictionary(f => f.Folder, f => f.Rank);

    public override string ToString() => Project;
}
