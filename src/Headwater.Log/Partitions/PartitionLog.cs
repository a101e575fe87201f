using Headwater.Log.Append;
using Headwater.Log.Model;
using Headwater.Log.Ports;
using Headwater.Log.Read;
using Headwater.Log.Segments;

namespace Headwater.Log.Partitions;

/// <summary>The steps a partition is worked with; one set per process.</summary>
internal sealed record PartitionSteps(TailReader Tails, PartitionOpener Opener, SegmentRoller Roller, AppendSender Sender, CheckpointStore Checkpoints, PublishedPositions Positions);

/// <summary>One partition in this process: its tail once opened, its group commit, its checkpoint.</summary>
internal sealed class PartitionLog
{
    private readonly LogPorts _ports;

    private readonly LogOptions _options;

    private readonly PartitionSteps _steps;

    private readonly Checkpointer _checkpointer;

    private readonly Contention _contention;

    private readonly Lock _gate = new();

    private Task<PartitionTail>? _opening;

    private bool _mustCatchUp;

    public PartitionLog(PartitionPlace place, LogPorts ports, LogOptions options, PartitionSteps steps)
    {
        Place = place;
        _ports = ports;
        _options = options;
        _steps = steps;
        _checkpointer = new Checkpointer(place, steps.Checkpoints, steps.Positions, options);
        _contention = new Contention(ports);
        Appends = new GroupCommit(this, ports, options);
        Watcher = new TailWatcher(this, ports.Time);
        Map = new PartitionMap(this, steps.Opener, ports.Time, options.ListingAge);
    }

    public PartitionPlace Place { get; }

    public GroupCommit Appends { get; }

    public TailWatcher Watcher { get; }

    public PartitionMap Map { get; }

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
        bool mayBeOlder = _opening is not null;
        PartitionTail tail = await TailAsync(cancellation);
        if (mayBeOlder && await _steps.Opener.IsLostAsync(Place, await _steps.Tails.CatchUpAsync(Place, tail, cancellation), cancellation))
        {
            Reopen();
            tail = await TailAsync(cancellation);
        }

        return tail;
    }

    /// <summary>A tail that takes appends: caught up if its end is in doubt, rolled if its segment is full, with its header written. No storage call when none of that is needed.</summary>
    /// <returns>Null if the segment is gone and the partition has to be opened anew.</returns>
    public async Task<PartitionTail?> ReadyTailAsync(CancellationToken cancellation)
    {
        _mustCatchUp |= await _contention.YieldAsync();
        PartitionTail tail = await TailAsync(cancellation);
        if (_mustCatchUp)
        {
            TailFound found = await _steps.Tails.CatchUpAsync(Place, tail, cancellation);
            _mustCatchUp = false;
            bool mustRoll = found.End == TailEnd.SealedWithoutSuccessor;
            if (found.End == TailEnd.Missing || (mustRoll && !await _steps.Roller.RollAsync(Place, tail, found.At, cancellation)))
            {
                return Forget();
            }
        }

        if (tail.Position.Header is null && !await _steps.Roller.WriteHeaderAsync(Place, tail, cancellation))
        {
            return Forget();
        }

        TailPosition at = tail.Position;
        if (IsFull(at) && !await _steps.Roller.RollAsync(Place, tail, at, cancellation))
        {
            return Forget();
        }

        return tail;
    }

    public async Task<BlockAppendReport> SendAsync(TailPosition at, ReadOnlyMemory<byte> bytes)
    {
        long began = _ports.Time.GetTimestamp();
        BlockAppendReport report = await _steps.Sender.SendAsync(Place.Segment(at.SegmentBase), at.Position, bytes, CancellationToken.None);
        _contention.Took(_ports.Time.GetElapsedTime(began));
        return report;
    }

    /// <summary>Own batches were stored: a checkpoint may be due, beside the append path.</summary>
    /// <param name="blocks">AppendBlock calls the segment has taken, if known.</param>
    public void NoteAppended(int blocks)
    {
        _contention.Won(blocks);
        if (_opening is { IsCompletedSuccessfully: true } open)
        {
            _checkpointer.WriteIfDue(open.Result);
        }
    }

    /// <summary>Another writer took the position: read only what it added before the next try.</summary>
    public async Task LostRaceAsync()
    {
        _mustCatchUp = true;
        await _contention.LostAsync();
    }

    public void MustCatchUp() => _mustCatchUp = true;

    /// <summary>What is known of the end no longer holds.</summary>
    public void Reopen() => _opening = null;

    /// <summary>Finishes appends under way and writes a checkpoint if anything was appended since the last.</summary>
    public async Task DrainAsync(CancellationToken cancellation)
    {
        await Appends.IdleAsync().WaitAsync(cancellation);
        if (_opening is { IsCompletedSuccessfully: true } open)
        {
            await _checkpointer.WriteAsync(open.Result, cancellation);
        }
    }

    /// <summary>Ends the active segment and begins the next if its first event is older than <paramref name="age"/>. One read if it is not; safe beside appends of anyone.</summary>
    public async Task<bool> SealIfOlderAsync(TimeSpan age, CancellationToken cancellation)
    {
        PartitionTail tail = await FreshTailAsync(cancellation);
        TailPosition at = tail.Position;
        return IsOlder(at, age) && await _steps.Roller.RollAsync(Place, tail, at, cancellation);
    }

    /// <summary>Writes a checkpoint and publishes positions if the log goes on past the last one known. One read if it does not.</summary>
    public async Task<bool> CheckpointAsync(CancellationToken cancellation) => await _checkpointer.WriteAsync(await FreshTailAsync(cancellation), cancellation);

    private PartitionTail? Forget()
    {
        Reopen();
        return null;
    }

    private async Task<PartitionTail> OpenAsync()
    {
        OpenedPartition opened = await _steps.Opener.OpenAsync(Place, CancellationToken.None);
        _checkpointer.Opened(opened);
        opened.Tail.Advanced = Watcher.Notify;
        _mustCatchUp |= opened.End == TailEnd.SealedWithoutSuccessor; // The first append finishes the roll.
        return opened.Tail;
    }

    private bool IsFull(TailPosition at) =>
        at.FirstAppended is not null
        && (at.Position >= _options.SegmentBytes
            || at.Blocks >= _options.SegmentAppends
            || at.Header?.SchemaVersion < Place.Stream.SchemaVersion
            || IsOlder(at, _options.SegmentAge));

    private bool IsOlder(TailPosition at, TimeSpan age) => at.FirstAppended is { } first && _ports.Clock.Now().Value - first.Value > (long)age.TotalMicroseconds;
}
