using System.Globalization;
using System.Text;
using Headwater.Core.Schemas.Json;

namespace Headwater.Core.Tests.Schemas;

/// <summary>Doubles of few decimal places take a short way to their text, which is what the runtime writes.</summary>
public sealed class FractionTextTests
{
    [Theory]
    [InlineData(0.1)]
    [InlineData(-0.0001)]
    [InlineData(12.5)]
    [InlineData(199.99)]
    [InlineData(-3.0)]
    [InlineData(99_999_999_999.9999)]
    [InlineData(1e10)]
    public void A_number_of_few_decimals_takes_the_short_way(double number) => Assert.Equal(Expected(number), Short(number));

    [Theory]
    [InlineData(0.0)]
    [InlineData(0.00001)]
    [InlineData(0.30000000000000004)]
    [InlineData(1e11)]
    [InlineData(1e300)]
    [InlineData(double.NaN)]
    [InlineData(double.NegativeInfinity)]
    public void Any_other_number_does_not(double number) => Assert.Null(Short(number));

    [Fact]
    public void Negative_zero_does_not() => Assert.Null(Short(-0.0));

    [Fact]
    public void Whatever_takes_the_short_way_is_written_as_the_runtime_writes_it()
    {
        var random = new Random(20261126);
        int taken = 0;
        for (int i = 0; i < 500_000; i++)
        {
            double number = i % 2 == 0
                ? Math.Round(random.NextDouble() * Math.Pow(10, random.Next(0, 12)), random.Next(0, 6))
                : BitConverter.Int64BitsToDouble(random.NextInt64());
            if (Short(number) is { } text)
            {
                taken++;
                Assert.Equal(Expected(number), text);
            }
        }

        Assert.InRange(taken, 100_000, 500_000);
    }

    private static string Expected(double number)
    {
        string text = number.ToString(CultureInfo.InvariantCulture);
        return text.Contains('.', StringComparison.Ordinal) ? text : text + ".0";
    }

    private static string? Short(double number)
    {
        Span<byte> text = stackalloc byte[FractionText.MaxLength];
        return FractionText.TryFormatShort(number, text, out int length) ? Encoding.ASCII.GetString(text[..length]) : null;
    }
}
