using Headwater.Core.Positions;
using Headwater.Log.Model;
using Headwater.Log.Ports;
using Headwater.Log.Segments;

namespace Headwater.Log.Partitions;

/// <summary>Opens a partition's tail on first use, updates it from storage on request, and checkpoints it. Thread-safe.</summary>
internal sealed class OpenPartition(PartitionPlace place, PartitionSteps steps, LogPorts ports, LogOptions options)
{
    private readonly Checkpointer _checkpointer = new(place, steps.Checkpoints, steps.Positions, options, ports.Time);

    private readonly UnfinishedEnd _unfinished = new(place, steps.Opener, ports.Time, options.ListingAge);

    private readonly Lock _gate = new();

    private Task<PartitionTail>? _opening;

    public PartitionPlace Place => place;

    /// <summary>Looks request keys up in storage.</summary>
    public KeyLookup Keys { get; } = new(ports, place, options.Memory.KeyWindow);

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
            opening = _opening is { IsFaulted: false, IsCanceled: false } running ? running : _opening = OpenAsync();
        }

        return await opening.WaitAsync(cancellation);
    }

    /// <summary>
    /// The tail after asking storage: it has everything that any process acknowledged before this call. Costs one read if nothing was added. While the log ends
    /// with an unfinished roll, also one listing per <see cref="LogOptions.ListingAge"/>.
    /// </summary>
    public async Task<PartitionTail> FreshTailAsync(CancellationToken cancellation)
    {
        // If the opening began before this call, its reads may have been earlier than the call.
        bool mayBeOlder = Opening is not null;
        PartitionTail tail = await TailAsync(cancellation);
        if (mayBeOlder && await _unfinished.IsLostAsync(await steps.Tails.CatchUpAsync(place, tail, cancellation), cancellation))
        {
            Reopen();
            tail = await TailAsync(cancellation);
        }

        return tail;
    }

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
        return at.IsOlder(age, ports.Clock.Now()) && await steps.Roller.RollAsync(stream, place, tail, at, cancellation);
    }

    /// <summary>The log end as this process knows it; null if the partition is not open.</summary>
    public Offset? KnownEnd => Opening is { IsCompletedSuccessfully: true } open ? open.Result.Position.Next : null;

    /// <summary>A fresh tail, after a roll that broke off was finished: until then, every read at the end needs a listing.</summary>
    private async Task<PartitionTail> RolledTailAsync(StreamDescription stream, CancellationToken cancellation)
    {
        PartitionTail tail = await FreshTailAsync(cancellation);
        bool isRolled = tail.IsRollUnfinished
            ? await steps.Roller.RollAsync(stream, place, tail, tail.Position, cancellation)
            : tail.Position.Header is not null || await steps.Roller.WriteHeaderAsync(stream, place, tail, cancellation);
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

    private async Task<PartitionTail> OpenAsync()
    {
        OpenedPartition opened = await steps.Opens.OpenAsync(() => steps.Opener.OpenAsync(place, CancellationToken.None));
        _checkpointer.Opened(opened);
        opened.Tail.Advanced = Advanced;
        opened.Tail.Passed = Passed;
        KeyTelemetry.Watch(opened.Tail);
        if (opened.End == TailEnd.SealedWithoutSuccessor)
        {
            opened.Tail.MarkRollUnfinished();
        }

        return opened.Tail;
    }
}
