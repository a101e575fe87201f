using Headwater.Core.Positions;
using Headwater.Log.Model;
using Headwater.Log.Ports;
using Headwater.Log.Segments;

namespace Headwater.Log.Partitions;

/// <summary>Opens a partition's tail on first use, updates it from storage on request, and checkpoints it. Thread-safe.</summary>
internal sealed class OpenPartition
{
    private readonly PartitionPlace _place;

    private readonly PartitionSteps _steps;

    private readonly LogPorts _ports;

    private readonly LogOptions _options;

    private readonly Checkpointer _checkpointer;

    private readonly UnfinishedEnd _unfinished;

    private readonly SharedCall<PartitionTail> _fresh;

    private readonly SharedCall<PartitionTail> _far;

    private readonly Lock _gate = new();

    private Task<PartitionTail>? _opening;

    /// <param name="place">The partition.</param>
    /// <param name="steps">What works on partitions.</param>
    /// <param name="ports">Storage and time.</param>
    /// <param name="options">Sizes and intervals.</param>
    /// <param name="hold">Entered by work that no caller may be waiting for. Null: nothing has to be told.</param>
    public OpenPartition(PartitionPlace place, PartitionSteps steps, LogPorts ports, LogOptions options, IPartitionHold? hold = null)
    {
        _place = place;
        _steps = steps;
        _ports = ports;
        _options = options;
        Hold = hold ?? NoHold.Instance;
        Keys = new KeyLookup(ports, place, options.Memory);
        Digests = new BatchDigests(ports.Blobs, place, steps);
        _checkpointer = new Checkpointer(place, steps.Checkpoints, steps.Positions, options, ports.Time, Hold);
        _unfinished = new UnfinishedEnd(place, steps.Opener, ports.Time, options.ListingAge);
        _fresh = new SharedCall<PartitionTail>(() => Hold.WhileAsync(CatchUpAsync));
        _far = new SharedCall<PartitionTail>(() => Hold.WhileAsync(CatchUpFarAsync));
    }

    public PartitionPlace Place => _place;

    /// <summary>Keeps the partition in memory.</summary>
    public IPartitionHold Hold { get; }

    /// <summary>Bytes that the tail and the digests hold, estimated. Takes constant time.</summary>
    public long Bytes => Digests.Bytes + (Volatile.Read(ref _opening) is { IsCompletedSuccessfully: true } open ? open.Result.Bytes : 0);

    /// <summary>Looks request keys up in storage.</summary>
    public KeyLookup Keys { get; }

    /// <summary>Looks the digests of stored batches up in storage.</summary>
    public BatchDigests Digests { get; }

    /// <summary>Called with the new log end offset whenever the tail moves. Must be set before the first use.</summary>
    public Action<Offset>? Advanced { get; set; }

    /// <summary>Called with each segment that the open tail leaves at its end. Must be set before the first use.</summary>
    public Action<PassedSegment>? Passed { get; set; }

    /// <summary>The tail as of the last time that this process asked storage or appended. No storage call, except to open it on first use.</summary>
    public async Task<PartitionTail> TailAsync(CancellationToken cancellation)
    {
        Task<PartitionTail> opening;
        lock (_gate)
        {
            opening = _opening is { IsFaulted: false, IsCanceled: false } running ? running : _opening = OpenAsync(null);
        }

        return await opening.WaitAsync(cancellation);
    }

    /// <summary>
    /// The tail after asking storage: it has everything that any process acknowledged before this call. Costs one read if nothing was added. While the log ends
    /// with an unfinished roll, also one listing per <see cref="LogOptions.ListingAge"/>. Simultaneous callers share at most two catch-ups. If more was added
    /// than <see cref="LogOptions.CheckpointBytes"/> or a whole segment, costs one read more, of the checkpoint, and continues from there.
    /// </summary>
    public async Task<PartitionTail> FreshTailAsync(CancellationToken cancellation)
    {
        // If the opening began before this call, its reads may have been earlier than the call.
        return Opening is null ? await TailAsync(cancellation) : await _fresh.RunAsync(cancellation);
    }

    /// <summary>Catches up with much that was added, from the checkpoint if it is ahead of the tail. All who find this out share it.</summary>
    public Task<PartitionTail> CatchUpFarAsync(CancellationToken cancellation) => _far.RunAsync(cancellation);

    /// <summary>Drops the tail because it is not at the log end. The next use opens the partition again.</summary>
    public void Reopen()
    {
        lock (_gate)
        {
            _opening = null;
        }
    }

    /// <summary>Starts a checkpoint if one is due, in parallel with appends.</summary>
    public void CheckpointIfDue(StreamDescription stream)
    {
        if (Opening is { IsCompletedSuccessfully: true } open)
        {
            _checkpointer.WriteIfDue(stream, open.Result);
        }
    }

    /// <inheritdoc cref="Checkpointer.WriteIfOwed"/>
    public void CheckpointIfOwed(StreamDescription stream) => _checkpointer.WriteIfOwed(stream);

    /// <summary>Writes a checkpoint if the partition is open and the tail is past the last one. Does not ask storage for the log end.</summary>
    public async Task CheckpointIfOpenAsync(StreamDescription stream, CancellationToken cancellation)
    {
        if (Opening is { IsCompletedSuccessfully: true } open)
        {
            await _checkpointer.WriteAsync(stream, open.Result, cancellation);
        }
    }

    /// <summary>
    /// Finishes a roll that broke off, then writes a checkpoint and publishes positions if the log end is past the last one. Costs one read if there is nothing
    /// to do. Safe while any process appends.
    /// </summary>
    /// <returns>Whether the log end was past the last checkpoint.</returns>
    public async Task<bool> CheckpointAsync(StreamDescription stream, CancellationToken cancellation) =>
        await _checkpointer.WriteAsync(stream, await RolledTailAsync(stream, cancellation), cancellation);

    /// <summary>
    /// Seals the active segment and begins the next one if the first event is older than <paramref name="age"/>. Costs one read if it is not. Finishes a roll
    /// that broke off. Safe while any process appends.
    /// </summary>
    /// <returns>Whether the segment was rolled.</returns>
    public async Task<bool> SealIfOlderAsync(StreamDescription stream, TimeSpan age, CancellationToken cancellation)
    {
        PartitionTail tail = await RolledTailAsync(stream, cancellation);
        TailPosition at = tail.Position;
        return at.IsOlder(age, _ports.Clock.Now()) && await _steps.Roller.RollAsync(stream, _place, tail, at, cancellation);
    }

    /// <summary>The log end as this process knows it; null if the partition is not open.</summary>
    public Offset? KnownEnd => Opening is { IsCompletedSuccessfully: true } open ? open.Result.Position.Next : null;

    /// <summary>A fresh tail, after a roll that broke off was finished: until then, every read at the end needs a listing.</summary>
    private async Task<PartitionTail> RolledTailAsync(StreamDescription stream, CancellationToken cancellation)
    {
        PartitionTail tail = await FreshTailAsync(cancellation);
        bool isRolled = tail.IsRollUnfinished
            ? await _steps.Roller.RollAsync(stream, _place, tail, tail.Position, cancellation)
            : tail.Position.Header is not null || await _steps.Roller.WriteHeaderAsync(stream, _place, tail, cancellation);
        if (isRolled)
        {
            return tail;
        }

        Reopen();
        return await TailAsync(cancellation);
    }

    private Task<PartitionTail>? Opening
    {
        get
        {
            lock (_gate)
            {
                return _opening;
            }
        }
    }

    private async Task<PartitionTail> CatchUpAsync()
    {
        PartitionTail tail = await TailAsync(CancellationToken.None);
        TailFound found = await _steps.Tails.CatchUpNearAsync(_place, tail, _options.CheckpointBytes, CancellationToken.None);
        return found.End == TailEnd.Far ? await CatchUpFarAsync(CancellationToken.None) : await UnlessLostAsync(tail, found);
    }

    private async Task<PartitionTail> CatchUpFarAsync()
    {
        PartitionTail tail = await TailAsync(CancellationToken.None);
        StoredCheckpoint? stored = await _steps.Checkpoints.ReadAsync(_place, CancellationToken.None);
        if (stored?.Checkpoint is { } checkpoint && checkpoint.Next > tail.Position.Next)
        {
            lock (_gate)
            {
                _opening = OpenAsync(stored);
            }

            return await TailAsync(CancellationToken.None);
        }

        return await UnlessLostAsync(tail, await _steps.Tails.CatchUpAsync(_place, tail, CancellationToken.None));
    }

    private async Task<PartitionTail> UnlessLostAsync(PartitionTail tail, TailFound found)
    {
        if (!await _unfinished.IsLostAsync(found, CancellationToken.None))
        {
            return tail;
        }

        Reopen();
        return await TailAsync(CancellationToken.None);
    }

    /// <param name="known">The checkpoint to begin with; null to read it.</param>
    private async Task<PartitionTail> OpenAsync(StoredCheckpoint? known)
    {
        OpenedPartition opened = await Hold.WhileAsync(() => _steps.Opens.RunAsync(() => known is null
            ? _steps.Opener.OpenAsync(_place, CancellationToken.None)
            : _steps.Opener.OpenAsync(_place, known, CancellationToken.None)));
        _checkpointer.Opened(opened);
        opened.Tail.Advanced = Advanced;
        opened.Tail.Passed = Passed;
        KeyTelemetry.Watch(opened.Tail);
        if (opened.End == TailEnd.SealedWithoutSuccessor)
        {
            opened.Tail.MarkRollUnfinished();
        }

        Advanced?.Invoke(opened.Tail.Position.Next);
        return opened.Tail;
    }
}
