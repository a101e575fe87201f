using System.Diagnostics.CodeAnalysis;
using System.Threading.Channels;
using Headwater.Core.Positions;

namespace Headwater.Client;

/// <summary>A partition while a consumer has it. The consumer's lock guards every member that can be set.</summary>
/// <param name="partition">The partition.</param>
/// <param name="start">The offset of the first event to process.</param>
/// <param name="generation">The generation at which the member received the partition; 0 without a group. Commits carry this one, never a later one.</param>
[SuppressMessage("Design", "CA1001:Types that own disposable fields should be disposable", Justification = "A source without a timer holds no resource.")]
internal sealed class AssignedPartition(PartitionId partition, Offset start, long generation)
{
    private readonly Channel<(int Version, ReceivedEvent<ReadOnlyMemory<byte>> Event)> _buffer =
        Channel.CreateUnbounded<(int, ReceivedEvent<ReadOnlyMemory<byte>>)>(new UnboundedChannelOptions { SingleReader = true });

    private readonly CancellationTokenSource _dropped = new();

    public PartitionId Partition => partition;

    public long Generation => generation;

    /// <summary>The offset of the next event to read.</summary>
    public Offset Next { get; set; } = start;

    /// <summary>The offset after the last event that was processed: what a commit stores.</summary>
    public Offset Processed { get; set; } = start;

    /// <summary>The offset that is committed; null if this process has committed none.</summary>
    public Offset? Committed { get; set; }

    /// <summary>Events that wait for processing.</summary>
    public int Waiting { get; set; }

    /// <summary>Bytes of the values of the events that wait.</summary>
    public long WaitingBytes { get; set; }

    /// <summary>Whether the program knows of the partition, so that its first event may be read.</summary>
    public bool IsAnnounced { get; set; }

    /// <summary>Grows with every seek: events read before are not processed.</summary>
    public int Version { get; private set; }

    public bool IsPaused { get; set; }

    /// <summary>Whether the group takes the partition back. The worker ends after the event it is at.</summary>
    public bool IsReleasing { get; private set; }

    /// <summary>The worker; completes when no event of the partition is being processed or follows.</summary>
    public Task Worker { get; set; } = Task.CompletedTask;

    /// <summary>Cancelled when the member has lost the partition.</summary>
    public CancellationToken Dropped => _dropped.Token;

    public ChannelReader<(int Version, ReceivedEvent<ReadOnlyMemory<byte>> Event)> Buffer => _buffer.Reader;

    /// <summary>Whether the consumer should read more events of the partition.</summary>
    public bool Wants(int buffered) => IsAnnounced && !IsPaused && !IsReleasing && !Dropped.IsCancellationRequested && Waiting < buffered;

    public void Add(in ReceivedEvent<ReadOnlyMemory<byte>> item)
    {
        Waiting++;
        WaitingBytes += item.Value.Length;
        _buffer.Writer.TryWrite((Version, item));
    }

    public void Seek(Offset to)
    {
        Version++;
        Next = to;
        Processed = to;
    }

    /// <summary>The worker ends after the event it is at.</summary>
    public void Release()
    {
        IsReleasing = true;
        _buffer.Writer.TryComplete();
    }

    /// <summary>The worker's event is cancelled, and nothing is committed any more.</summary>
    public void Drop()
    {
        Release();
        _dropped.Cancel();
    }
}
