using System.Buffers;
using CsCheck;
using Headwater.Core.Avro;

namespace Headwater.Core.Tests.Avro;

public sealed class AvroNumberTests
{
    /// <summary>The table in the Avro specification, "Binary Encoding", plus both ends of the range.</summary>
    public static TheoryData<long, string> Vectors => new()
    {
        { 0, "00" },
        { -1, "01" },
        { 1, "02" },
        { -2, "03" },
        { 2, "04" },
        { -64, "7F" },
        { 64, "8001" },
        { long.MaxValue, "FEFFFFFFFFFFFFFFFF01" },
        { long.MinValue, "FFFFFFFFFFFFFFFFFF01" },
    };

    [Theory]
    [MemberData(nameof(Vectors))]
    public void A_number_is_written_as_the_specification_says(long value, string hex)
    {
        var output = new ArrayBufferWriter<byte>();
        output.WriteLong(value);
        Assert.Equal(hex, Convert.ToHexString(output.WrittenSpan));
    }

    [Theory]
    [MemberData(nameof(Vectors))]
    public void A_number_is_read_as_the_specification_says(long value, string hex) =>
        Assert.Equal(value, new AvroReader(Convert.FromHexString(hex)).ReadLong());

    [Fact]
    public void Numbers_are_written_as_Apache_Avro_writes_them() =>
        Gen.OneOf(Gen.Long, Gen.Int.Select(small => (long)small), Gen.Const(0L)).Sample(value =>
        {
            using var theirs = new MemoryStream();
            new global::Avro.IO.BinaryEncoder(theirs).WriteLong(value);
            var ours = new ArrayBufferWriter<byte>();
            ours.WriteLong(value);
            return ours.WrittenSpan.SequenceEqual(theirs.ToArray()) && new AvroReader(ours.WrittenSpan).ReadLong() == value;
        });

    [Theory]
    [InlineData("8000")]
    [InlineData("808000")]
    [InlineData("FF00")]
    [InlineData("80808080808080808000")]
    public void A_number_longer_than_it_needs_is_refused(string hex) => Assert.Equal(0, Failure(hex).Position);

    [Theory]
    [InlineData("FFFFFFFFFFFFFFFFFF02")]
    [InlineData("FFFFFFFFFFFFFFFFFF7F")]
    [InlineData("FFFFFFFFFFFFFFFFFFFF01")]
    [InlineData("80808080808080808080808000")]
    public void A_number_of_more_than_64_bits_is_refused(string hex) => Assert.False(Failure(hex).IsTruncated);

    [Theory]
    [InlineData("")]
    [InlineData("80")]
    [InlineData("FFFFFFFFFFFFFFFFFF")]
    public void A_number_cut_short_says_so(string hex) => Assert.True(Failure(hex).IsTruncated);

    [Theory]
    [InlineData((long)int.MaxValue + 1)]
    [InlineData((long)int.MinValue - 1)]
    [InlineData(long.MaxValue)]
    public void An_int_that_does_not_fit_is_refused(long value)
    {
        var output = new ArrayBufferWriter<byte>();
        output.WriteLong(value);
        Assert.Throws<AvroFormatException>(() => new AvroReader(output.WrittenSpan).ReadInt());
    }

    [Theory]
    [InlineData(int.MaxValue)]
    [InlineData(int.MinValue)]
    public void The_ends_of_an_int_are_read(int value)
    {
        var output = new ArrayBufferWriter<byte>();
        output.WriteInt(value);
        Assert.Equal(value, new AvroReader(output.WrittenSpan).ReadInt());
    }

    private static AvroFormatException Failure(string hex)
    {
        byte[] bytes = Convert.FromHexString(hex);
        return Assert.Throws<AvroFormatException>(() => new AvroReader(bytes).ReadLong());
    }
}
