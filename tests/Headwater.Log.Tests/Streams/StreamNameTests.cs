using Headwater.Contracts.Errors;
using Headwater.Log.Model;
using Xunit;

namespace Headwater.Log.Tests.Streams;

public sealed class StreamNameTests
{
    [Theory]
    [InlineData("a")]
    [InlineData("0")]
    [InlineData("orders.eu_west-1")]
    [InlineData("headwater")]
    public void A_well_formed_name_is_taken_as_it_is(string name) => Assert.Equal(name, StreamName.Parse(name).Value);

    [Fact]
    public void A_name_may_have_128_characters() => Assert.Equal(128, StreamName.Parse(new string('a', 128)).Value.Length);

    [Theory]
    [InlineData("")]
    [InlineData("Orders")]
    [InlineData("-orders")]
    [InlineData(".orders")]
    [InlineData("_orders")]
    [InlineData("orders/eu")]
    [InlineData("orders eu")]
    [InlineData("commandé")]
    public void A_malformed_name_is_refused(string name) =>
        Assert.Equal(ErrorCode.InvalidName, Assert.Throws<HeadwaterException>(() => StreamName.Parse(name)).Code);

    [Fact]
    public void A_name_of_129_characters_is_refused() =>
        Assert.Equal(ErrorCode.InvalidName, Assert.Throws<HeadwaterException>(() => StreamName.Parse(new string('a', 129))).Code);

    [Fact]
    public void A_reserved_name_is_refused() =>
        Assert.Equal(ErrorCode.ReservedName, Assert.Throws<HeadwaterException>(() => StreamName.Parse("headwater.audit")).Code);

    [Theory]
    [InlineData("Orders")]
    [InlineData("headwater.audit")]
    public void What_is_refused_does_not_parse(string name) => Assert.False(StreamName.TryParse(name, out _));
}
