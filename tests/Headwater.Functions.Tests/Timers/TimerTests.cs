using System.Diagnostics;
using Cronos;
using Headwater.Hosting.Timers;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Headwater.Functions.Tests.Timers;

/// <summary>The function app has the same timers as the local host, which runs <see cref="TimerWork.All"/>.</summary>
public sealed class TimerTests : IAsyncDisposable
{
    private readonly TestApp _app = new();

    public static TheoryData<string> Names => [.. AppFunction.With<TimerTriggerAttribute>().Select(f => f.Function.Name)];

    private IReadOnlyList<TimedRun> Local => _app.Services.GetRequiredService<TimerWork>().All;

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    [Fact]
    public void Both_hosts_have_the_same_schedules() =>
        Assert.Equal(Local.Select(r => r.Schedule).Order(), AppFunction.With<TimerTriggerAttribute>().Select(f => f.Trigger.Schedule).Order());

    /// <summary>Compares the spans, because they name the work that ran.</summary>
    [Theory]
    [MemberData(nameof(Names))]
    public async Task Each_timer_does_what_the_local_host_does_on_its_schedule(string name)
    {
        var function = AppFunction.Named(name);
        TimedRun local = Local.Single(r => r.Schedule == ((TimerTriggerAttribute)function.Trigger).Schedule);

        string here = await SpanAsync(cancellation => function.CallAsync(_app.Services, new TimerInfo(), cancellation));
        string there = await SpanAsync(local.RunAsync);

        Assert.Equal(("timer " + local.Name, here), (here, there));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_timer_is_kept_over_restarts_and_does_not_run_at_each_start(string name)
    {
        var trigger = (TimerTriggerAttribute)AppFunction.Named(name).Trigger;

        Assert.Equal((true, false), (trigger.UseMonitor, trigger.RunOnStartup));
    }

    [Fact]
    public void No_two_fall_on_one_second()
    {
        DateTimeOffset from = new(2024, 5, 1, 0, 0, 0, TimeSpan.Zero);
        DateTimeOffset[] due =
        [
            .. Local.SelectMany(r => CronExpression.Parse(r.Schedule, CronFormat.IncludeSeconds).GetOccurrences(from, from.AddDays(1), TimeZoneInfo.Utc)),
        ];

        Assert.Equal(due.Length, due.Distinct().Count());
    }

    [Fact]
    public void A_run_ends_before_the_next_one_of_its_timer_is_due()
    {
        DateTimeOffset from = new(2024, 5, 1, 0, 0, 0, TimeSpan.Zero);
        foreach (TimedRun run in Local)
        {
            var schedule = CronExpression.Parse(run.Schedule, CronFormat.IncludeSeconds);
            DateTimeOffset first = schedule.GetNextOccurrence(from, TimeZoneInfo.Utc)!.Value;
            Assert.True(schedule.GetNextOccurrence(first, TimeZoneInfo.Utc) - first > TimerWork.Budget);
        }
    }

    [Fact]
    public async Task The_checkpoint_timer_maintains_a_stream_that_was_written_to()
    {
        await _app.SendAsync("PutStream", "PUT", "/streams/s", "{}");
        await _app.SendAsync("PostEvents", "POST", "/streams/s/events", """[{"value":1}]""");

        await AppFunction.Named("CheckpointTimer").CallAsync(_app.Services, new TimerInfo(), TestContext.Current.CancellationToken);

        var blobs = _app.Services.GetRequiredService<Log.Ports.LogPorts>().Blobs;
        var page = await blobs.ListAsync("s/", null, 100, TestContext.Current.CancellationToken);
        Assert.Contains(page.Items, b => b.Name.EndsWith("/checkpoint", StringComparison.Ordinal));
    }

    private static async Task<string> SpanAsync(Func<CancellationToken, Task> run)
    {
        using Activity test = new Activity("test").Start();
        string? name = null;
        using ActivityListener listener = new()
        {
            ShouldListenTo = source => source.Name == "Headwater.Timers",
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
            ActivityStopped = span =>
            {
                if (span.TraceId == test.TraceId)
                {
                    name = span.DisplayName;
                }
            },
        };
        ActivitySource.AddActivityListener(listener);
        await run(TestContext.Current.CancellationToken);
        return name ?? "no span";
    }
}
