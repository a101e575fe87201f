using Headwater.Core.Positions;
using Headwater.Log.Ports;
using Headwater.Log.Segments;
using Xunit;

namespace Headwater.Log.Tests.Segments;

/// <summary>Which segments listed names describe, and which names are not segments.</summary>
public sealed class SegmentFileTests
{
    private const string Folder = "orders/0123456789abcdef0123456789abcdef/00000/";

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_name_of_generation_0(bool isSealed) => Assert.Equal(
        new SegmentFile(Folder + "00000000000000000345.avro", new Offset(345), null, 0, 77, isSealed) { ETag = "tag" },
        Read("00000000000000000345.avro", isSealed));

    [Fact]
    public void A_name_of_a_higher_generation() => Assert.Equal(
        new SegmentFile(
            Folder + "00000000000000000345-00000000000000000678.g0012.avro", new Offset(345), new Offset(678), 12, 77, Sealed: true)
        {
            ETag = "tag",
        },
        Read("00000000000000000345-00000000000000000678.g0012.avro"));

    [Fact]
    public void A_generation_of_more_digits_than_usual() =>
        Assert.Equal(12_345, Read("00000000000000000345-00000000000000000678.g12345.avro")!.Generation);

    [Theory]
    [InlineData(0)]
    [InlineData(345)]
    [InlineData(long.MaxValue)]
    public void A_name_made_is_a_name_read(long offset) =>
        Assert.Equal(new Offset(offset), Read(BlobNames.Segment("", new Offset(offset)))!.Base);

    [Theory]
    [InlineData("checkpoint")]
    [InlineData("00000000000000000345.index")]
    [InlineData("stream.json")]
    [InlineData("345.avro")]
    [InlineData(".avro")]
    [InlineData("0000000000000000034x.avro")]
    [InlineData("-0000000000000000345.avro")]
    [InlineData("+0000000000000000345.avro")]
    [InlineData(" 0000000000000000345.avro")]
    [InlineData("99999999999999999999.avro")]
    [InlineData("000000000000000003450.avro")]
    [InlineData("00000000000000000345.avro.tmp")]
    [InlineData("00000000000000000345.AVRO")]
    [InlineData("00000000000000000345-.avro")]
    [InlineData("00000000000000000345-00000000000000000678.avro")]
    [InlineData("00000000000000000345-00000000000000000678.g.avro")]
    [InlineData("00000000000000000345-00000000000000000678.g0000.avro")]
    [InlineData("00000000000000000345-00000000000000000678.g-001.avro")]
    [InlineData("00000000000000000345-00000000000000000678.g0001x.avro")]
    [InlineData("00000000000000000345-00000000000000000345.g0001.avro")]
    [InlineData("00000000000000000345-00000000000000000344.g0001.avro")]
    [InlineData("00000000000000000345_00000000000000000678.g0001.avro")]
    public void A_name_that_is_none_of_a_segments(string name) => Assert.Null(Read(name));

    private static SegmentFile? Read(string name, bool isSealed = false) => SegmentFile.FromListing(new BlobItem(Folder + name, 77, isSealed, default, "tag"));
}
