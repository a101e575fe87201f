using Headwater.Hosting.Timers;
using Headwater.LocalHost.Timers;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace Headwater.LocalHost.Tests;

public sealed class TimerLoopTests : IAsyncDisposable
{
    private static readonly DateTimeOffset Start = new(2024, 5, 1, 12, 0, 0, TimeSpan.Zero);

    private readonly FakeTimeProvider _time = new(Start);
    private readonly List<TimeSpan> _runs = [];
    private TimerLoop? _loop;

    public ValueTask DisposeAsync() => _loop?.DisposeAsync() ?? default;

    [Fact]
    public void It_runs_on_its_schedule()
    {
        Loop("30 */5 * * * *", _ => Task.CompletedTask);
        PassMinutes(11);

        Assert.Equal([new TimeSpan(0, 0, 30), new TimeSpan(0, 5, 30), new TimeSpan(0, 10, 30)], _runs);
    }

    [Fact]
    public void Nothing_runs_at_the_start()
    {
        Loop("0 * * * * *", _ => Task.CompletedTask);

        Assert.Empty(_runs);
    }

    [Fact]
    public void What_falls_due_while_it_runs_is_skipped()
    {
        TaskCompletionSource running = new();
        Loop("0 * * * * *", _ => running.Task);
        PassMinutes(3);
        running.SetResult();
        PassMinutes(1);

        Assert.Equal([TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(4)], _runs);
    }

    [Fact]
    public void A_failed_run_does_not_end_it()
    {
        Loop("0 * * * * *", _ => throw new InvalidOperationException("out of order"));
        PassMinutes(2);

        Assert.Equal(2, _runs.Count);
    }

    [Fact]
    public async Task Stopping_tells_a_run_under_way_to_end_and_waits_for_it()
    {
        bool ended = false;
        TaskCompletionSource told = new(TaskCreationOptions.RunContinuationsAsynchronously);
        TaskCompletionSource mayEnd = new();
        Loop("0 * * * * *", async cancellation =>
        {
            cancellation.Register(told.SetResult);
            await told.Task;
            await mayEnd.Task;
            ended = true;
        });
        PassMinutes(1);

        Task stopping = _loop!.StopAsync();
        await told.Task;
        Assert.False(stopping.IsCompleted);
        mayEnd.SetResult();
        await stopping;

        Assert.True(ended);
    }

    [Fact]
    public async Task After_a_stop_nothing_runs()
    {
        Loop("0 * * * * *", _ => Task.CompletedTask);
        await _loop!.StopAsync();
        PassMinutes(5);

        Assert.Empty(_runs);
    }

    [Fact]
    public void A_clock_set_back_runs_nothing_twice()
    {
        Loop("0 * * * * *", _ => Task.CompletedTask);
        PassMinutes(1);
        _time.AdjustTime(Start + TimeSpan.FromSeconds(50));
        _time.Advance(TimeSpan.FromSeconds(20));

        Assert.Single(_runs);
    }

    private void Loop(string schedule, Func<CancellationToken, Task> work)
    {
        TimedRun run = new("test", schedule, cancellation =>
        {
            _runs.Add(_time.GetUtcNow() - Start);
            return work(cancellation);
        });

        // Without a synchronization context, continuations run inside the call that advances the clock.
        SynchronizationContext? context = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(null);
        _loop = TimerLoop.Start([run], _time, NullLogger.Instance);
        SynchronizationContext.SetSynchronizationContext(context);
    }

    private void PassMinutes(int minutes)
    {
        for (int second = 0; second < minutes * 60; second++)
        {
            _time.Advance(TimeSpan.FromSeconds(1));
        }
    }
}
