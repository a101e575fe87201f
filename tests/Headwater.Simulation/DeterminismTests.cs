using System.Diagnostics;
using Headwater.Simulation.Runs;
using Headwater.Simulation.Scheduling;
using Xunit;

namespace Headwater.Simulation;

public sealed class DeterminismTests
{
    [Theory]
    [InlineData(3)]
    [InlineData(11)]
    [InlineData(29)]
    public void A_seed_run_twice_leaves_the_same_trace(ulong seed) => Assert.Equal(SeedRun.Run(seed, trace: true).Trace, SeedRun.Run(seed, trace: true).Trace);

    [Fact]
    public async Task A_seed_leaves_the_same_trace_in_another_process()
    {
        const ulong seed = 7;
        var start = new ProcessStartInfo("dotnet", [typeof(DeterminismTests).Assembly.Location, "--seed", "7", "--trace"]) { RedirectStandardOutput = true };
        using Process other = Process.Start(start)!;
        string theirs = await other.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await other.WaitForExitAsync(TestContext.Current.CancellationToken);

        Assert.StartsWith(SeedRun.Run(seed, trace: true).Trace, theirs, StringComparison.Ordinal);
    }

    [Fact]
    public void Two_seeds_leave_different_traces() => Assert.NotEqual(SeedRun.Run(1, trace: true).Trace, SeedRun.Run(2, trace: true).Trace);

    [Fact]
    public void A_continuation_that_leaves_the_thread_fails_the_simulation()
    {
        var timeline = new Timeline(1, new Scheduling.Trace(false));
        using var done = new ManualResetEventSlim();
        timeline.Post(new Party("escapee"), _ => _ = EscapeAsync(), null);

        var failed = Assert.Throws<SimulationFailedException>(() => timeline.Run(() => false, TimeSpan.FromSeconds(1)));

        Assert.IsType<ForeignThreadException>(failed.InnerException);

        async Task EscapeAsync()
        {
            Task elsewhere = Task.Run(done.Wait, CancellationToken.None);
            timeline.Post(new Party("waker"), _ => WakeAndWait(elsewhere), null);
            await elsewhere; // The continuation is posted from a thread-pool thread.
        }

        void WakeAndWait(Task elsewhere)
        {
            done.Set();
            SpinWait.SpinUntil(() => elsewhere.IsCompleted && timeline.HasFailed, TimeSpan.FromSeconds(30));
        }
    }
}
