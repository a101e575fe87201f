using Xunit;

namespace Headwater.Faults.Tests;

public sealed class RealStackTests(FaultRun run, ITestOutputHelper output) : IClassFixture<FaultRun>
{
    [Fact]
    public void The_run_was_disturbed_and_work_was_done_all_the_same()
    {
        output.WriteLine($"{run.Kills} hosts killed; {string.Join(", ", run.Told.Values.GroupBy(e => e.Outcome).Select(g => $"{g.Key} {g.Count()}"))}");
        Assert.True(run.Kills >= FaultRun.LeastKills);
        Assert.True(run.Acknowledged >= FaultRun.LeastAcknowledged);
    }

    [Fact]
    public void Every_acknowledged_event_is_there() =>
        Assert.DoesNotContain(run.Told, t => t.Value.Outcome == Outcome.Acknowledged && !run.Log.Events.ContainsKey(t.Key));

    [Fact]
    public void Every_acknowledged_event_is_where_its_producer_was_told() =>
        Assert.DoesNotContain(run.Told, t => t.Value is { Outcome: Outcome.Acknowledged, Offset: { } offset }
            && !run.Log.Events[t.Key].Contains(new Found(t.Value.Partition, offset)));

    [Fact]
    public void No_event_is_there_twice() => Assert.DoesNotContain(run.Log.Events, e => e.Value.Count > 1);

    [Fact]
    public void No_event_is_there_whose_producer_was_told_that_nothing_was_stored() =>
        Assert.DoesNotContain(run.Told, t => t.Value.Outcome == Outcome.Refused && run.Log.Events.ContainsKey(t.Key));

    [Fact]
    public void No_event_is_there_that_nobody_sent() => Assert.DoesNotContain(run.Log.Events.Keys, e => !run.Told.ContainsKey(e));

    [Fact]
    public void Offsets_are_dense() => Assert.Empty(run.Log.Gaps);

    [Fact]
    public void A_sequenced_producers_events_stand_in_the_order_it_sent_them()
    {
        var sequenced = run.Log.Events.Where(e => e.Key.Producer.StartsWith("Sequenced", StringComparison.Ordinal));
        foreach (var producer in sequenced.GroupBy(e => e.Key.Producer))
        {
            long[] numbers = [.. producer.OrderBy(e => e.Value[0].Offset).Select(e => e.Key.Number)];
            Assert.Equal(Enumerable.Range(0, numbers.Length).Select(i => (long)i), numbers);
        }
    }
}
