using System.Runtime.CompilerServices;
using Headwater.Contracts.Text;
using Headwater.Core.Positions;

namespace Headwater.Client;

/// <summary>Replays the history of partitions, and then follows them live.</summary>
internal sealed class ReplayRun<T> : IDisposable
{
    /// <summary>Events by which partitions may be behind when the live reads begin. More are read from files first.</summary>
    private const long LiveLag = 10_000;

    private readonly ReplayShared<T> _shared;

    private readonly ReplayOptions _options;

    private readonly ReplayMeter _meter;

    private readonly Dictionary<PartitionId, PartitionState<T>> _states;

    private ReplayRun(ReplayShared<T> shared, ReplayOptions options, IReadOnlyDictionary<PartitionId, Offset> starts)
    {
        (_shared, _options) = (shared, options);
        shared.UsesSegments = options.UseSegments;
        _meter = new ReplayMeter(shared.Scope.Stream, options, shared.Log, shared.Scope.Api.Time);
        _states = starts.ToDictionary(s => s.Key, s => new PartitionState<T>(s.Key, s.Value, shared.Stream.StreamId));
    }

    public static async IAsyncEnumerable<ReplayBatch<T>> ReplayAsync(
        StreamScope<T> scope, ReplayOptions options, [EnumeratorCancellation] CancellationToken cancellation)
    {
        StreamDescription stream = await scope.DescribeFittingAsync(produces: false, cancellation);
        IReadOnlyList<PartitionId> partitions = options.Partitions ?? StreamReading.PartitionsOf(stream);
        Dictionary<PartitionId, Offset> starts = await StartPositions.ResolveAsync(scope, stream.StreamId, partitions, options.From, cancellation);
        var log = new ReplayLog(scope.Api.Logging.CreateLogger(ClientTelemetry.Name));
        using var shared = new ReplayShared<T>(scope, stream, new ReplayLimits(options.Parallelism), new SegmentFetcher(scope.Api), log);
        using var run = new ReplayRun<T>(shared, options, starts);
        await foreach (ReplayBatch<T> batch in run.RunAsync(cancellation))
        {
            yield return batch;
            run._meter.Take(batch);
        }
    }

    public void Dispose() => _meter.Dispose();

    private async IAsyncEnumerable<ReplayBatch<T>> RunAsync([EnumeratorCancellation] CancellationToken cancellation)
    {
        for (bool isFirst = true; await FindEndsAsync(cancellation) > (isFirst ? 0 : LiveLag); isFirst = false)
        {
            await foreach (ReplayBatch<T> batch in HistoryAsync(cancellation))
            {
                yield return batch;
            }

            if (!_options.Follow)
            {
                break;
            }
        }

        _meter.Complete();
        if (_options.Follow)
        {
            await foreach (ReplayBatch<T> batch in new LiveReplay<T>(_shared, _states).RunAsync(cancellation))
            {
                yield return batch;
            }
        }
    }

    /// <summary>Takes the log ends of now as the ends of the history.</summary>
    /// <returns>The most events by which a partition is behind.</returns>
    /// <exception cref="HeadwaterException">offset_beyond_end.</exception>
    private async Task<long> FindEndsAsync(CancellationToken cancellation)
    {
        long most = 0;
        foreach (PartitionPositions positions in await StreamCalls.PositionsAsync(_shared.Scope.Api, _shared.Scope.Stream, cancellation))
        {
            if (_states.TryGetValue(positions.Partition, out PartitionState<T>? state))
            {
                if (state.Next > positions.LogEnd)
                {
                    await CheckIsInLogAsync(state, cancellation);
                }

                state.End = positions.LogEnd;
                _meter.Expect(positions, state.Next);
                most = state.IsDone ? most : Math.Max(most, state.End - state.Next);
            }
        }

        return most;
    }

    /// <summary>Asks for the next event. The positions may be older than an event that the program has read.</summary>
    private async Task CheckIsInLogAsync(PartitionState<T> state, CancellationToken cancellation)
    {
        var cursor = new ReadCursor
        {
            StreamId = _shared.Stream.StreamId,
            Partitions = _shared.Stream.Partitions,
            Offsets = new Dictionary<PartitionId, Offset> { [state.Partition] = state.Next },
            First = state.Partition,
        };
        await ManyPage.ReadAsync(_shared.Scope, cursor, limit: 1, TimeSpan.Zero, cancellation);
    }

    private async IAsyncEnumerable<ReplayBatch<T>> HistoryAsync([EnumeratorCancellation] CancellationToken cancellation)
    {
        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        ReplayOutput<T> output = _shared.Output;
        output.Begin();
        Task partitions = PartitionsAsync(output, over.Token);
        try
        {
            await foreach (ReplayBatch<T> batch in output.ReadAllAsync(cancellation))
            {
                yield return batch;
            }

            await partitions;
        }
        finally
        {
            await over.CancelAsync();
            await partitions.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task PartitionsAsync(ReplayOutput<T> output, CancellationToken cancellation)
    {
        var limits = new ParallelOptions { MaxDegreeOfParallelism = ReplayLimits.Partitions, CancellationToken = cancellation };
        try
        {
            await Parallel.ForEachAsync(
                _states.Values.Where(s => !s.IsDone).OrderBy(s => s.Partition),
                limits,
                async (state, token) => await new PartitionReplay<T>(_shared, state).RunAsync(token));
        }
        finally
        {
            output.End();
        }
    }
}
