using System.Diagnostics;
using Headwater.Log;
using Headwater.Log.Model;
using Headwater.Log.Ports;
using Headwater.Storage.Azure.Metering;

namespace Headwater.Storage.Azure.Tests.Compacting;

/// <summary>
/// A process that appends a few events at fixed moments, whether the append before was answered or not. An answer's time counts from the moment
/// meant, so that what waits behind a slow append is slow too.
/// </summary>
internal sealed class SteadyWriter(FilledStream stream, AzureStorage storage, string container, StorageMeter meter)
{
    public const int EventsPerAppend = 10;

    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(50);

    /// <summary>Before each window, so that none inherits that the writer was busy in the one before.</summary>
    private static readonly TimeSpan Rest = TimeSpan.FromMilliseconds(250);

    private readonly EventLog _log = new(
        new LogPorts(storage.OpenBlobs(container), storage.OpenTables(container), TimeProvider.System, Randomness.System),
        LogOptions.Default);

    /// <summary>Events are numbered on from those the stream was filled with.</summary>
    public int Next { get; private set; } = stream.Events;

    /// <summary>Opens the partition and everything the runtime does the first time.</summary>
    public async Task WarmUpAsync(int appends, CancellationToken cancellation)
    {
        for (int i = 0; i < appends; i++)
        {
            await AppendAsync(cancellation);
        }

        await _log.DrainAsync(cancellation);
    }

    /// <summary>One window. The checkpoint is written after it; far fewer than the appends after which one is due fit in.</summary>
    public async Task RunAsync(int appends, AppendTimes times, CancellationToken cancellation)
    {
        long began = Stopwatch.GetTimestamp();
        IReadOnlyDictionary<StorageOperation, long> before = meter.Snapshot();
        var answers = new Task<TimeSpan>[appends];
        for (int i = 0; i < appends; i++)
        {
            TimeSpan due = Rest + (i * Interval);
            if (due - Stopwatch.GetElapsedTime(began) is { Ticks: > 0 } early)
            {
                await Task.Delay(early, TimeProvider.System, cancellation);
            }

            answers[i] = TimedAsync(began, due, cancellation);
        }

        times.Add(await Task.WhenAll(answers));
        times.AddCalls(before, meter.Snapshot());
        await _log.DrainAsync(cancellation);
    }

    private async Task<TimeSpan> TimedAsync(long began, TimeSpan due, CancellationToken cancellation)
    {
        await AppendAsync(cancellation);
        return Stopwatch.GetElapsedTime(began) - due;
    }

    private Task AppendAsync(CancellationToken cancellation)
    {
        int first = Next;
        Next += EventsPerAppend;
        return stream.AppendAsync(_log, Enumerable.Range(first, EventsPerAppend), cancellation);
    }
}
