using Headwater.Contracts.Text;
using Xunit;

namespace Headwater.Http.Tests.Streams;

/// <summary>Durations of ISO 8601 (RFC 3339, appendix A).</summary>
public sealed class DurationTests
{
    [Theory]
    [InlineData("P30D", 30 * 86_400)]
    [InlineData("P2W", 14 * 86_400)]
    [InlineData("PT1H30M", 5400)]
    [InlineData("P1DT12H", 129_600)]
    [InlineData("PT0.5S", 0.5)]
    [InlineData("PT0S", 0)]
    public void A_duration_is_read(string text, double seconds)
    {
        Assert.True(Durations.TryParse(text, out TimeSpan duration));
        Assert.Equal(seconds, duration.TotalSeconds);
    }

    [Theory]
    [InlineData("")]
    [InlineData("P")]
    [InlineData("PT")]
    [InlineData("30D")]
    [InlineData("P1Y")]
    [InlineData("P1M")]
    [InlineData("P1MT1H")]
    [InlineData("PW")]
    [InlineData("P1W2D")]
    [InlineData("-P1D")]
    [InlineData("P-1D")]
    [InlineData("p1d")]
    [InlineData("P1D ")]
    [InlineData("P999999999999D")]
    [InlineData("P99999999W")]
    public void What_is_no_duration_of_fixed_length_is_refused(string text) => Assert.False(Durations.TryParse(text, out _));
}
