using Headwater.Log.Compaction;
using Xunit;

namespace Headwater.Log.Tests.Compaction;

public sealed class PlannerTests
{
    private const long Target = 1_000;

    [Fact]
    public void Small_neighbours_become_one() => Assert.Equal([(0, 4)], Plan(4, bytes: 200, left: 10));

    [Fact]
    public void No_planned_segment_is_larger_than_the_target() => Assert.Equal([(0, 2), (2, 2)], Plan(4, bytes: 500, left: 10));

    /// <summary>A segment is written in one step, which must complete before the host's time limit.</summary>
    [Fact]
    public void No_planned_segment_takes_reading_more_than_four_times_the_target() => Assert.Equal([(0, 4), (4, 4), (8, 2)], Plan(10, bytes: 1_000, left: 1));

    /// <summary>The plan for inputs of equal size with ten events each, of which <paramref name="left"/> remain.</summary>
    private static IEnumerable<(int First, int Count)> Plan(int inputs, long bytes, int left)
    {
        var run = new CompactionRun
        {
            Id = new string('0', 32),
            Kind = CompactionRun.Compact,
            Started = 0,
            Bound = inputs * 10,
            CleanTo = 0,
            TombstonesBelow = 0,
            Seed = 0,
            Inputs = [.. Enumerable.Range(0, inputs).Select(i => new RunInput($"{i}", i * 10, (i + 1) * 10, 0, bytes))],
        };
        var found = new ScanProgress(inputs);
        for (int i = 0; i < inputs; i++)
        {
            found.Events[i] = 10;
            foreach (int gone in Enumerable.Range(left, 10 - left))
            {
                found.Marks[i].Mark(gone);
            }
        }

        return CompactionPlanner.Plan(run, found, Target).Select(p => (p.First, p.Count));
    }
}
