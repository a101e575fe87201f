using Headwater.Core.Positions;

namespace Headwater.Core.Tests.Positions;

public sealed class PositionTests
{
    [Fact]
    public void A_negative_offset_is_refused() => Assert.Throws<ArgumentOutOfRangeException>(() => new Offset(-1));

    [Fact]
    public void An_offset_going_below_zero_is_refused() => Assert.Throws<ArgumentOutOfRangeException>(() => new Offset(3) + -4);

    [Fact]
    public void An_offset_past_the_last_is_refused() => Assert.Throws<OverflowException>(() => Offset.Max.Next);

    [Fact]
    public void Offsets_are_ordered_by_value() => Assert.True(new Offset(2) < new Offset(10) && new Offset(10) >= new Offset(10));

    [Fact]
    public void The_distance_of_offsets_has_a_sign() => Assert.Equal(-7, new Offset(3) - new Offset(10));

    [Fact]
    public void A_range_holds_its_start_and_not_its_end()
    {
        var range = new OffsetRange(new Offset(5), new Offset(8));
        Assert.Equal([false, true, true, false], new long[] { 4, 5, 7, 8 }.Select(offset => range.Contains(new Offset(offset))));
    }

    [Fact]
    public void A_range_that_ends_before_it_starts_is_refused() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new OffsetRange(new Offset(5), new Offset(4)));

    [Fact]
    public void A_negative_partition_is_refused() => Assert.Throws<ArgumentOutOfRangeException>(() => new PartitionId(-1));

    [Fact]
    public void A_negative_epoch_is_refused() => Assert.Throws<ArgumentOutOfRangeException>(() => new ProducerEpoch(-1));

    [Fact]
    public void A_negative_sequence_is_refused() => Assert.Throws<ArgumentOutOfRangeException>(() => new SequenceNumber(-1));

    [Fact]
    public void There_is_no_epoch_past_the_last() => Assert.Throws<OverflowException>(() => new ProducerEpoch(int.MaxValue).Next);

    [Fact]
    public void A_position_prints_as_its_number() => Assert.Equal("1234567", new Offset(1234567).ToString());
}
