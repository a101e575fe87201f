using Headwater.Core.Positions;

namespace Headwater.Client;

/// <summary>
/// Reads events and hands them to the program, one after the other within each partition. With a group, the partitions are shared with the group's other
/// members and offsets are committed: delivery is at least once. At most 4 reads are open, however many partitions there are.
/// </summary>
/// <typeparam name="T">The type of values.</typeparam>
public sealed class Consumer<T>
{
    private readonly StreamScope<T> _scope;

    private readonly ConsumerOptions _options;

    private readonly Assignment _assignment;

    private readonly GroupSession? _session;

    private int _runs;

    internal Consumer(StreamScope<T> scope, ConsumerOptions options)
    {
        _scope = scope;
        _options = options;
        _assignment = new Assignment(options);
        _session = options.Group is { } group ? new GroupSession(scope.Api, $"{scope.Path}/groups/{Uri.EscapeDataString(group)}", options) : null;
    }

    /// <summary>The partitions that the consumer has now.</summary>
    public IReadOnlyList<PartitionId> Assigned => _assignment.Partitions;

    /// <summary>The member's id in its group; null without a group, and before the group has answered.</summary>
    public string? Member => _session?.Member;

    /// <summary>
    /// Processes events until it is cancelled. Then finishes the events at work, commits, and leaves the group.
    /// </summary>
    /// <param name="process">The program's own work. Called for one event of a partition at a time.</param>
    /// <param name="cancellation">Ends the run.</param>
    /// <exception cref="HeadwaterException">
    /// <c>offset_below_start</c> under <see cref="BelowLogStart.Stop"/>; <c>stream_not_found</c>; <c>stream_replaced</c>: the stream was deleted and created
    /// again; <c>type_mismatch</c>. Also what the program's work throws, under <see cref="PoisonPolicy.Stop"/>.
    /// </exception>
    /// <exception cref="InvalidOperationException">The consumer runs already.</exception>
    public async Task RunAsync(Func<ReceivedEvent<T>, CancellationToken, ValueTask> process, CancellationToken cancellation)
    {
        if (Interlocked.Exchange(ref _runs, 1) != 0)
        {
            throw new InvalidOperationException("A consumer runs once. Make another one to run again.");
        }

        StreamDescription stream = await _scope.DescribeFittingAsync(produces: false, cancellation);
        await using var run = new ConsumerRun<T>(_scope, stream, _options, _assignment, _session, process);
        await run.RunAsync(cancellation);
    }

    /// <summary>Reads no more events of these partitions until <see cref="Resume"/>. Events that are buffered are still processed.</summary>
    public void Pause(params IEnumerable<PartitionId> partitions) => Change(partitions, p => p.IsPaused = true);

    /// <summary>Reads events of these partitions again.</summary>
    public void Resume(params IEnumerable<PartitionId> partitions) => Change(partitions, p => p.IsPaused = false);

    /// <summary>
    /// The next event processed in the partition is the one at this offset. An automatic commit of a lower offset than the committed one is refused; use the
    /// group's reset to move a group back.
    /// </summary>
    /// <returns>False if the consumer does not have the partition.</returns>
    public bool Seek(EventPosition position) => _assignment.Change(position.Partition, p => p.Seek(position.Offset));

    /// <summary>Commits the offset after the last processed event of every partition.</summary>
    /// <exception cref="HeadwaterException"><c>member_expired</c>, <c>partition_lost</c>: another member may process the partition.</exception>
    public Task CommitAsync(CancellationToken cancellation = default) => ConsumerCommits.CommitAsync(Session, _assignment, null, cancellation);

    /// <summary>Commits offsets, each that of the next event to process.</summary>
    /// <exception cref="HeadwaterException"><c>member_expired</c>, <c>partition_lost</c>, <c>commit_behind</c>.</exception>
    public Task CommitAsync(IEnumerable<EventPosition> positions, CancellationToken cancellation = default) =>
        ConsumerCommits.CommitAsync(Session, _assignment, positions.ToDictionary(p => p.Partition, p => p.Offset), cancellation);

    /// <summary>Events of the consumer's partitions that are appended and not yet processed, by partition. Costs one request.</summary>
    public async Task<IReadOnlyDictionary<PartitionId, long>> LagAsync(CancellationToken cancellation = default)
    {
        Dictionary<PartitionId, Offset> processed = _assignment.With(all => all.ToDictionary(p => p.Key, p => p.Value.Processed));
        return (await StreamCalls.PositionsAsync(_scope.Api, _scope.Stream, cancellation))
            .Where(p => processed.ContainsKey(p.Partition))
            .ToDictionary(p => p.Partition, p => Math.Max(0, p.LogEnd - (processed[p.Partition] > p.LogStart ? processed[p.Partition] : p.LogStart)));
    }

    private GroupSession Session => _session ?? throw new InvalidOperationException("A consumer without a group commits nothing; name a group in its options.");

    private void Change(IEnumerable<PartitionId> partitions, Action<AssignedPartition> change)
    {
        foreach (PartitionId partition in partitions)
        {
            _assignment.Change(partition, change);
        }
    }
}
