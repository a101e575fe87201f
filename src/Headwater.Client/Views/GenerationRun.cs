using System.Diagnostics.CodeAnalysis;
using System.Threading.Channels;
using Headwater.Contracts.Errors;
using Headwater.Core.Positions;

namespace Headwater.Client;

/// <summary>Reads the streams of one generation and applies their events, in batches whose rows and positions are committed together.</summary>
/// <param name="graph">The tables and feeds.</param>
/// <param name="generation">Commits the batches.</param>
/// <param name="progress">Where reading begins; one per stream.</param>
/// <param name="state">Makes the stored state of the progress.</param>
/// <param name="time">The clock.</param>
internal sealed class GenerationRun(
    ViewGraph graph, ViewGeneration generation, IReadOnlyList<StreamProgress> progress, Func<ViewState> state, TimeProvider time) : IAsyncDisposable
{
    /// <summary>Events of one commit, beyond which no other page is added.</summary>
    private const int BatchEvents = 20_000;

    /// <summary>Pages that wait for the loop, of all streams.</summary>
    private const int WaitingPages = 4;

    private readonly Channel<object> _work = Channel.CreateBounded<object>(new BoundedChannelOptions(WaitingPages) { SingleReader = true });

    /// <summary>Events beyond the target of a hold that wait in memory. With more, the hold ends in vain, and a rebuild must be repeated.</summary>
    private const int MostHeldEvents = 200_000;

    private static readonly TimeSpan AfterFailure = TimeSpan.FromSeconds(5);

    private readonly CancellationTokenSource _stop = new();

    private ViewPositions _positions = ViewPositions.Of(progress);

    private Task[] _feeds = [];

    private long _applied;

    /// <summary>Called after each commit and before its positions are shown, on the loop.</summary>
    public Action Publish { get; set; } = () => { };

    /// <summary>Called after each commit, on the loop.</summary>
    public Action Committed { get; set; } = () => { };

    /// <summary>Events that were committed.</summary>
    public long Applied => Volatile.Read(ref _applied);

    /// <summary>Whether reads that the service refuses are repeated: a view that serves outlives a wrong key or a proxy; a start fails at once.</summary>
    public bool IsServing { get; set; }

    /// <summary>The ids of the streams that are read, by name.</summary>
    public IReadOnlyDictionary<string, string> StreamIds { get; } = progress.ToDictionary(p => p.Stream.Name, p => p.Stream.StreamId, StringComparer.Ordinal);

    /// <summary>What is committed.</summary>
    public ViewPositions Positions => Volatile.Read(ref _positions);

    /// <summary>Ends when the run is disposed. Fails with a <see cref="RebuildException"/> if the rows cannot be brought up to date.</summary>
    public Task Completion { get; private set; } = Task.CompletedTask;

    public void Start()
    {
        Completion = Task.Run(LoopAsync);
        _feeds = [.. progress.Select(p => Task.Run(() => FeedAsync(graph.Feeds[p.Stream.Name], p)))];
    }

    /// <summary>Stops between two batches, until the hold is disposed.</summary>
    public async Task<Hold> HoldAsync(CancellationToken cancellation)
    {
        var hold = new Hold(Completion);
        try
        {
            await _work.Writer.WriteAsync(hold, cancellation);
            await hold.UntilAsync(hold.Stopped, cancellation);
            return hold;
        }
        catch (ChannelClosedException)
        {
            await Completion; // Throws what ended the run.
            throw;
        }
        catch
        {
            hold.Dispose();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync(); // Not disposed, because a run may be disposed twice; a source without a timer holds no resource.
        await Completion.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await Task.WhenAll(_feeds).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private async Task LoopAsync()
    {
        try
        {
            while (await _work.Reader.WaitToReadAsync(_stop.Token))
            {
                if (ApplyWaiting() is { } hold)
                {
                    await HoldAsync(hold);
                }
            }
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
        }
        catch (Exception damaged) when (generation.IsDamage(damaged))
        {
            throw new RebuildException(RebuildReason.NothingStored, $"The stored rows are damaged: {damaged.Message}", damaged);
        }
        finally
        {
            _work.Writer.TryComplete(); // Ends the waits of holds.
            await _stop.CancelAsync(); // Ends the feeds.
        }
    }

    /// <returns>A hold that was asked for after these events.</returns>
    private Hold? ApplyWaiting()
    {
        Hold? hold = null;
        int events = 0;
        generation.Begin();
        while (hold is null && events < BatchEvents && _work.Reader.TryRead(out object? work))
        {
            hold = work as Hold;
            if (work is PendingBatch batch)
            {
                batch.Apply(null, Now);
                events += batch.Count;
            }
        }

        Commit(events);
        return hold;
    }

    private async Task HoldAsync(Hold hold)
    {
        hold.Stop();
        List<PendingBatch> held = [];
        if (await hold.Target.WaitAsync(_stop.Token) is { } target)
        {
            while (!Positions.HasReached(target) && held.Sum(h => h.Count) < MostHeldEvents && await _work.Reader.WaitToReadAsync(_stop.Token))
            {
                if (_work.Reader.TryRead(out object? work) && ApplyBelow(target, (PendingBatch)work) is { } rest)
                {
                    held.Add(rest);
                }
            }

            if (Positions.HasReached(target))
            {
                hold.Arrive();
                await hold.Released.WaitAsync(_stop.Token);
            }
            else
            {
                hold.GiveUp(new RebuildException(
                    RebuildReason.Requested, $"More than {MostHeldEvents} events of other partitions arrived while the generations were compared."));
            }
        }

        generation.Begin();
        held.ForEach(h => h.Apply(null, Now));
        Commit(held.Sum(h => h.Count));
    }

    private PendingBatch? ApplyBelow(ViewPositions target, PendingBatch batch)
    {
        generation.Begin();
        PendingBatch? rest = batch.Apply(target, Now);
        Commit(batch.Count - (rest?.Count ?? 0));
        return rest;
    }

    private void Commit(int events)
    {
        generation.Commit(() => state().Write());
        Publish();
        Volatile.Write(ref _positions, ViewPositions.Of(progress));
        Volatile.Write(ref _applied, _applied + events);
        Committed();
    }

    private UnixMicros Now => UnixMicros.From(time.GetUtcNow());

    [SuppressMessage("Design", "CA1031:Do not catch general exception types", Justification = "The loop throws it.")]
    private async Task FeedAsync(SourceFeed feed, StreamProgress from)
    {
        try
        {
            while (!await TryFeedAsync(feed, from))
            {
                await Task.Delay(AfterFailure, time, _stop.Token);
            }
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
        }
        catch (HeadwaterException useless) when (ReasonOf(useless) is { } reason)
        {
            _work.Writer.TryComplete(new RebuildException(reason, useless.Message, useless));
        }
        catch (Exception failed)
        {
            _work.Writer.TryComplete(failed);
        }
    }

    /// <returns>False if the service refused a read, which may pass.</returns>
    private async Task<bool> TryFeedAsync(SourceFeed feed, StreamProgress from)
    {
        try
        {
            await feed.RunAsync(from, Positions.AllOf(from.Stream.Name), _work.Writer, _stop.Token); // What is read twice is applied once.
            return true;
        }
        catch (HeadwaterException refused) when (IsServing && refused.IsOfService && ReasonOf(refused) is null)
        {
            feed.Api.Logging.CreateLogger(ViewLog.Category).LogReadFailed(from.Stream.Name, refused.Code, refused.Message);
            return false;
        }
    }

    private static RebuildReason? ReasonOf(HeadwaterException failed) =>
        failed.Is(ErrorCode.StreamReplaced) ? RebuildReason.StreamReplaced
        : failed.Is(ErrorCode.OffsetBelowStart) ? RebuildReason.BelowLogStart
        : failed.Is(ErrorCode.OffsetBeyondEnd) ? RebuildReason.BeyondLogEnd
        : null;
}
