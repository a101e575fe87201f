using System.Collections.Concurrent;
using Headwater.Core.Positions;
using Headwater.Log.Model;
using Headwater.Log.Ports;
using Headwater.Log.Segments;

namespace Headwater.Log.Partitions;

/// <summary>The partitions this process has worked with, by stream id, so that a re-created stream starts from nothing.</summary>
internal sealed class PartitionLogs
{
    private readonly ConcurrentDictionary<(string StreamId, PartitionId Partition, int SchemaVersion), PartitionLog> _partitions = new();

    private readonly LogPorts _ports;

    private readonly LogOptions _options;

    private readonly PartitionSteps _steps;

    public PartitionLogs(LogPorts ports, LogOptions options)
    {
        _ports = ports;
        _options = options;
        var tails = new TailReader(ports);
        var checkpoints = new CheckpointStore(ports.Blobs);
        var opener = new PartitionOpener(ports.Blobs, tails, checkpoints);
        var sender = new AppendSender(ports, options);
        _steps = new PartitionSteps(tails, opener, new SegmentRoller(ports, tails, opener, sender), sender, checkpoints, new PublishedPositions(ports.Tables));
    }

    public PartitionOpener Opener => _steps.Opener;

    /// <summary>In an order that does not depend on hashes.</summary>
    public IEnumerable<PartitionLog> All => _partitions.OrderBy(p => p.Key.StreamId, StringComparer.Ordinal).ThenBy(p => p.Key.Partition).ThenBy(p => p.Key.SchemaVersion).Select(p => p.Value);

    public PartitionLog For(StreamDescription stream, PartitionId partition) =>
        _partitions.GetOrAdd(
            (stream.StreamId, partition, stream.SchemaVersion),
            static (_, a) => new PartitionLog(new PartitionPlace(a.stream, a.partition), a.log._ports, a.log._options, a.log._steps),
            (stream, partition, log: this));

    /// <summary>Forgets a stream found deleted.</summary>
    public void Forget(string streamId)
    {
        foreach (var key in _partitions.Keys.Where(k => k.StreamId == streamId))
        {
            _partitions.TryRemove(key, out _);
        }
    }
}
