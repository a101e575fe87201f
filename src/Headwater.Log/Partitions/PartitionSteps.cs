using Headwater.Log.Budgets;
using Headwater.Log.Model;
using Headwater.Log.Ports;
using Headwater.Log.Segments;

namespace Headwater.Log.Partitions;

/// <summary>The services that work on partitions. They keep no state about any partition, so one set can serve all.</summary>
internal sealed record PartitionSteps(
    TailReader Tails, PartitionOpener Opener, SegmentRoller Roller, AppendSender Sender, CheckpointStore Checkpoints, PublishedPositions Positions)
{
    /// <summary>Limits the opens of all partitions.</summary>
    public CallSlots Opens { get; } = new();

    /// <summary>Headers and indexes of segments in which stored batches are looked up.</summary>
    public required SegmentIndexes Indexes { get; init; }

    public static PartitionSteps Over(LogPorts ports, LogOptions options)
    {
        const long LookedUpBytes = 1 << 20;
        var tails = new TailReader(ports);
        var checkpoints = new CheckpointStore(ports.Blobs);
        var opener = new PartitionOpener(ports.Blobs, tails, checkpoints, options.Memory);
        var sender = new AppendSender(ports, options);
        return new PartitionSteps(tails, opener, new SegmentRoller(ports, tails, opener, sender), sender, checkpoints, new PublishedPositions(ports.Tables))
        {
            Indexes = new SegmentIndexes(ports.Blobs, LookedUpBytes),
        };
    }
}
