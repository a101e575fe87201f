using System.Diagnostics;
using Headwater.Log;
using Headwater.Log.Model;
using Headwater.Log.Ports;
using Headwater.Storage.Azure.Metering;

namespace Headwater.Storage.Azure.Tests.Compacting;

/// <summary>
/// A process that appends a few events at fixed times, whether or not the previous append was answered. An append's latency counts from its scheduled
/// time, so it includes the wait behind a slow append.
/// </summary>
internal sealed class SteadyWriter(FilledStream stream, AzureStorage storage, string container, StorageMeter meter)
{
    public const int EventsPerAppend = 10;

    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(50);

    /// <summary>The pause before each window, so that the load of one window does not affect the next.</summary>
    private static readonly TimeSpan Rest = TimeSpan.FromMilliseconds(250);

    private readonly EventLog _log = new(
        new LogPorts(storage.OpenBlobs(container), storage.OpenTables(container), TimeProvider.System, Randomness.System),
        LogOptions.Default);

    /// <summary>The number of the next event, counting on from the events that fill the stream.</summary>
    public int Next { get; private set; } = stream.Events;

    /// <summary>Opens the partition, compiles the code paths, and opens connections, so that no measurement includes these.</summary>
    public async Task WarmUpAsync(int appends, CancellationToken cancellation)
    {
        for (int i = 0; i < appends; i++)
        {
            await AppendAsync(cancellation);
        }

        await _log.DrainAsync(cancellation);
    }

    /// <summary>
    /// Runs one window of appends. It has far fewer appends than a checkpoint interval, so the checkpoint is written only after the measurement.
    /// </summary>
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
