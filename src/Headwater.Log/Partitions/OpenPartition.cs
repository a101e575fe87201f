using Headwater.Core.Positions;
using Headwater.Log.Model;
using Headwater.Log.Ports;
using Headwater.Log.Segments;

namespace Headwater.Log.Partitions;

/// <summary>One partition's tail in this process: opened on first use, brought up to date on request, checkpointed. Thread-safe.</summary>
internal sealed class OpenPartition(PartitionPlace place, PartitionSteps steps, LogPorts ports, LogOptions options)
{
    private readonly Checkpointer _checkpointer = new(place, steps.Checkpoints, steps.Positions, options);

    private readonly Lock _gate = new();

    private Task<PartitionTail>? _opening;

    public PartitionPlace Place => place;

    /// <summary>Called with the new log end whenever the tail moves; set before the first use.</summary>
    public Action<Offset>? Advanced { get; set; }

    /// <summary>The tail, opened on first use; as fresh as the last call that asked storage.</summary>
    public async Task<PartitionTail> TailAsync(CancellationToken cancellation)
    {
        Task<PartitionTail> opening;
        lock (_gate)
        {
            opening = _opening is { IsFaulted: false, IsCanceled: false } running ? running : _opening = OpenAsync();
        }

        return await opening.WaitAsync(cancellation);
    }

    /// <summary>The tail after asking storage: everything acknowledged by anyone before this call is in it. One read when nothing was added.</summary>
    public async Task<PartitionTail> FreshTailAsync(CancellationToken cancellation)
    {
        // An opening that began before this call may have read before it too.
        bool mayBeOlder = Opening is not null;
        PartitionTail tail = await TailAsync(cancellation);
        if (mayBeOlder && await steps.Opener.IsLostAsync(place, await steps.Tails.CatchUpAsync(place, tail, cancellation), cancellation))
        {
            Reopen();
            tail = await TailAsync(cancellation);
        }

        return tail;
    }

    /// <summary>Drops the tail: what is known of the end does not hold. The next use opens the partition again.</summary>
    public void Reopen()
    {
        lock (_gate)
        {
            _opening = null;
        }
    }

    /// <summary>Starts a checkpoint beside the append path if one is due.</summary>
    public void CheckpointIfDue(StreamDescription stream)
    {
        if (Opening is { IsCompletedSuccessfully: true } open)
        {
            _checkpointer.WriteIfDue(stream, open.Result);
        }
    }

    /// <summary>Writes a checkpoint if the partition is open and the log goes on past the last one. No read.</summary>
    public async Task CheckpointIfOpenAsync(StreamDescription stream, CancellationToken cancellation)
    {
        if (Opening is { IsCompletedSuccessfully: true } open)
        {
            await _checkpointer.WriteAsync(stream, open.Result, cancellation);
        }
    }

    /// <summary>Writes a checkpoint and publishes positions if the log goes on past the last one known. One read if it does not.</summary>
    public async Task<bool> CheckpointAsync(StreamDescription stream, CancellationToken cancellation) =>
        await _checkpointer.WriteAsync(stream, await FreshTailAsync(cancellation), cancellation);

    /// <summary>
    /// Ends the active segment and begins the next if its first event is older than <paramref name="age"/>. One read if it is not; safe beside
    /// appends of anyone.
    /// </summary>
    public async Task<bool> SealIfOlderAsync(StreamDescription stream, TimeSpan age, CancellationToken cancellation)
    {
        PartitionTail tail = await FreshTailAsync(cancellation);
        TailPosition at = tail.Position;
        return at.IsOlder(age, ports.Clock.Now()) && await steps.Roller.RollAsync(stream, place, tail, at, cancellation);
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
        OpenedPartition opened = await steps.Opener.OpenAsync(place, CancellationToken.None);
        _checkpointer.Opened(opened);
        opened.Tail.Advanced = Advanced;
        if (opened.End == TailEnd.SealedWithoutSuccessor)
        {
            opened.Tail.MarkRollUnfinished();
        }

        return opened.Tail;
    }
}
