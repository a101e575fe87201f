using Microsoft.Extensions.Time.Testing;

namespace Headwater.Client.Tests;

/// <summary>What a replay reports, on a clock that the test moves.</summary>
public sealed class ReplayProgressTests
{
    private readonly ScriptedLog _log = new() { Partitions = 2 };

    private readonly FakeTimeProvider _time = new();

    [Fact]
    public async Task The_time_left_is_right_within_a_tenth_from_a_tenth_of_the_replay_on()
    {
        const double Seconds = 30;
        for (int i = 0; i < 6; i++)
        {
            _log.Add(i * 5_000, [.. Enumerable.Repeat(100, 50)], partition: 0, padding: 4_000);
            _log.Add(i * 5_000, [.. Enumerable.Repeat(125, 40)], partition: 1, padding: 5_000);
        }

        var reports = new Reports();
        await foreach (ReplayBatch<long> batch in _log.NewStream(_time).ReplayAsync(
            new ReplayOptions { Progress = reports, ProgressInterval = TimeSpan.FromSeconds(1) }, TestContext.Current.CancellationToken))
        {
            _time.Advance(TimeSpan.FromSeconds(Seconds * batch.Events.Count / 60_000));
        }

        ReplayProgress last = reports.All[^1];
        Assert.Equal((60_000, 100.0, true, TimeSpan.Zero), (last.Events, last.Percent, last.IsComplete, last.TimeLeft));
        Assert.InRange(last.Elapsed.TotalSeconds, Seconds - 0.01, Seconds + 0.01);
        Assert.InRange(reports.All.Count, 28, 32);
        Assert.All(
            reports.All.Where(r => !r.IsComplete && r.Elapsed.TotalSeconds >= Seconds / 10),
            r => Assert.InRange(r.Elapsed.TotalSeconds + r.TimeLeft!.Value.TotalSeconds, Seconds * 0.9, Seconds * 1.1));
        Assert.Equal(reports.All.Select(r => r.Percent).Order(), reports.All.Select(r => r.Percent));
        Assert.InRange(last.EventsPerSecond, 1_999, 2_001);
        Assert.InRange(last.Bytes, last.TotalBytes * 0.98, last.TotalBytes);
    }

    private sealed class Reports : IProgress<ReplayProgress>
    {
        public List<ReplayProgress> All { get; } = [];

        public void Report(ReplayProgress value) => All.Add(value);
    }
}
