using System.Diagnostics.CodeAnalysis;
using Cronos;
using Headwater.Hosting.Timers;
using Headwater.Log.Errors;
using Microsoft.Extensions.Logging;

namespace Headwater.LocalHost.Timers;

/// <summary>
/// Runs the timers on the schedules of the function app's timer triggers. Each timer has one run at a time; a run that becomes due during
/// another run of the same timer is skipped.
/// </summary>
internal sealed class TimerLoop : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly Task _all;

    private TimerLoop(IReadOnlyList<TimedRun> runs, TimeProvider time, ILogger logger)
    {
        _time = time;
        _logger = logger;
        _all = Task.WhenAll(runs.Select(run => RepeatAsync(run, CronExpression.Parse(run.Schedule, CronFormat.IncludeSeconds))));
    }

    /// <exception cref="CronFormatException">A schedule is not a cron expression with seconds.</exception>
    public static TimerLoop Start(IReadOnlyList<TimedRun> runs, TimeProvider time, ILogger logger) => new(runs, time, logger);

    /// <summary>Starts no further run, cancels the current runs, and waits for them.</summary>
    public async Task StopAsync()
    {
        await _stop.CancelAsync();
        await _all;
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _stop.Dispose();
    }

    private async Task RepeatAsync(TimedRun run, CronExpression schedule)
    {
        DateTimeOffset last = _time.GetUtcNow();
        while (NextAfter(last, schedule) is { } next && await WaitAsync(next))
        {
            await RunAsync(run);
            DateTimeOffset now = _time.GetUtcNow();
            last = now > next ? now : next; // A clock that is set back must not cause a second run.
        }
    }

    private static DateTimeOffset? NextAfter(DateTimeOffset moment, CronExpression schedule) => schedule.GetNextOccurrence(moment, TimeZoneInfo.Utc);

    /// <returns>False if the host is stopping.</returns>
    private async Task<bool> WaitAsync(DateTimeOffset moment)
    {
        try
        {
            for (TimeSpan left; (left = moment - _time.GetUtcNow()) > TimeSpan.Zero;)
            {
                await Task.Delay(left, _time, _stop.Token);
            }

            return !_stop.IsCancellationRequested;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    [SuppressMessage(
        "Design", "CA1031:Do not catch general exception types", Justification = "A failed run is logged and the next run retries, as in the Functions host.")]
    private async Task RunAsync(TimedRun run)
    {
        try
        {
            await run.RunAsync(_stop.Token);
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // The loop ends at its next wait. The next start does the remaining work.
        }
        catch (Exception exception) when (StorageErrors.IsOutage(exception))
        {
            // The next run does the work.
        }
        catch (Exception exception)
        {
            _logger.TimerFailed(run.Name, exception);
        }
    }
}
