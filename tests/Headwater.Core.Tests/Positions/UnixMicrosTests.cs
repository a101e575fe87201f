using Headwater.Core.Positions;

namespace Headwater.Core.Tests.Positions;

public sealed class UnixMicrosTests
{
    [Theory]
    [InlineData("1970-01-01T00:00:00Z", 0)]
    [InlineData("1970-01-01T00:00:00.000001Z", 1)]
    [InlineData("1969-12-31T23:59:59.999999Z", -1)]
    [InlineData("2001-09-09T01:46:40Z", 1_000_000_000_000_000)]
    [InlineData("0001-01-01T00:00:00Z", -62_135_596_800_000_000)]
    [InlineData("9999-12-31T23:59:59.999999Z", 253_402_300_799_999_999)]
    public void An_instant_is_its_microseconds_and_back(string text, long micros)
    {
        DateTimeOffset instant = DateTimeOffset.Parse(text, System.Globalization.CultureInfo.InvariantCulture);
        Assert.Equal((micros, instant), (UnixMicros.From(instant).Value, new UnixMicros(micros).ToDateTimeOffset()));
    }

    [Theory]
    [InlineData(19, 1)]
    [InlineData(-1, -1)]
    [InlineData(-10, -1)]
    [InlineData(-11, -2)]
    public void Tenths_are_cut_off_towards_the_past(long ticks, long micros) =>
        Assert.Equal(micros, UnixMicros.From(DateTimeOffset.UnixEpoch.AddTicks(ticks)).Value);

    [Theory]
    [InlineData(long.MinValue)]
    [InlineData(-62_135_596_800_000_001)]
    [InlineData(253_402_300_800_000_000)]
    [InlineData(long.MaxValue)]
    public void An_instant_outside_the_years_1_to_9999_is_refused(long micros) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new UnixMicros(micros));

    [Fact]
    public void The_offset_of_a_clock_does_not_matter()
    {
        var instant = new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.FromHours(5));
        Assert.Equal(UnixMicros.From(instant.ToUniversalTime()), UnixMicros.From(instant));
    }
}
