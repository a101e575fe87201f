using Headwater.LocalHost.Demo;
using Headwater.Storage.Azure.Metering;

namespace Headwater.LocalHost.Tests;

/// <summary>The demo's own checks detect a log that is wrong.</summary>
public sealed class DemoPartsTests
{
    private static readonly LogEvent One = DemoStream.Of(new Delay(5, 100, 1.5166666666666666));
    private static readonly LogEvent Other = DemoStream.Of(new Delay(5, 100, double.BitIncrement(1.5166666666666666)));

    [Fact]
    public void Two_orders_of_arrival_have_one_digest() =>
        Assert.Equal(Lines(((0, 0), One), ((1, 0), Other)).Digest(), Lines(((1, 0), Other), ((0, 0), One)).Digest());

    [Fact]
    public void An_event_at_another_place_changes_the_digest() =>
        Assert.NotEqual(Lines(((0, 0), One)).Digest(), Lines(((1, 0), One)).Digest());

    [Fact]
    public void The_last_bit_of_a_double_changes_the_digest() => Assert.NotEqual(Lines(((0, 0), One)).Digest(), Lines(((0, 0), Other)).Digest());

    [Fact]
    public void A_gap_is_not_dense() => Assert.False(Lines(((0, 0), One), ((0, 2), One)).IsDense());

    [Fact]
    public void A_place_is_taken_once() => Assert.False(Lines(((0, 0), One)).Add(new Placement(0, 0), One));

    [Fact]
    public void Every_call_has_a_price() => Assert.All(Enum.GetValues<StorageOperation>(), operation => Assert.InRange(PriceList.Of(operation), 0, 0.00001m));

    private static PartitionedLines Lines(params ReadOnlySpan<((int Partition, long Offset) At, LogEvent Event)> events)
    {
        PartitionedLines lines = new(2);
        foreach (((int partition, long offset), LogEvent logEvent) in events)
        {
            Assert.True(lines.Add(new Placement(partition, offset), logEvent));
        }

        return lines;
    }
}
