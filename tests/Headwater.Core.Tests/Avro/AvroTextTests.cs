using System.Buffers;
using System.Text;
using CsCheck;
using Headwater.Core.Avro;

namespace Headwater.Core.Tests.Avro;

public sealed class AvroTextTests
{
    /// <summary>The specification's example: "foo" is encoded as its length (zigzag 3) and its bytes.</summary>
    [Fact]
    public void A_string_is_written_as_the_specification_says()
    {
        var output = new ArrayBufferWriter<byte>();
        output.WriteString("foo");
        Assert.Equal("06666F6F", Convert.ToHexString(output.WrittenSpan));
    }

    [Theory]
    [InlineData(20)]
    [InlineData(21)]
    [InlineData(22)]
    [InlineData(63)]
    [InlineData(64)]
    [InlineData(5000)]
    public void A_string_of_any_length_comes_back(int length)
    {
        foreach (string unit in new[] { "a", "\u00e9", "\u20ac", "\U0001F600" })
        {
            string text = string.Concat(Enumerable.Repeat(unit, length));
            var output = new ArrayBufferWriter<byte>();
            output.WriteString(text);
            Assert.Equal(text, Encoding.UTF8.GetString(new AvroReader(output.WrittenSpan).ReadUtf8()));
        }
    }

    [Fact]
    public void Strings_are_written_as_Apache_Avro_writes_them() =>
        Gen.String.Where(text => !text.Any(char.IsSurrogate)).Sample(text =>
        {
            using var theirs = new MemoryStream();
            new global::Avro.IO.BinaryEncoder(theirs).WriteString(text);
            var ours = new ArrayBufferWriter<byte>();
            ours.WriteString(text);
            return ours.WrittenSpan.SequenceEqual(theirs.ToArray());
        });

    [Theory]
    [InlineData(0xd800, 0)]
    [InlineData(0xdc00, 100)]
    public void Half_a_surrogate_pair_is_refused_and_nothing_written(int half, int more)
    {
        string text = (char)half + new string('a', more);
        var output = new ArrayBufferWriter<byte>();
        Assert.Throws<EncoderFallbackException>(() => output.WriteString(text));
        Assert.Equal(0, output.WrittenCount);
    }

    [Theory]
    [InlineData("02FF")]
    [InlineData("04C080")]
    [InlineData("06EDA080")]
    public void Bytes_that_are_not_UTF8_are_refused(string hex)
    {
        byte[] bytes = Convert.FromHexString(hex);
        Assert.Equal(1, Assert.Throws<AvroFormatException>(() => new AvroReader(bytes).ReadUtf8()).Position);
    }

    [Theory]
    [InlineData("01")]
    [InlineData("FFFFFFFFFFFFFFFFFF01")]
    public void A_negative_length_is_refused(string hex)
    {
        byte[] bytes = Convert.FromHexString(hex);
        Assert.False(Assert.Throws<AvroFormatException>(() => new AvroReader(bytes).ReadBytes()).IsTruncated);
    }

    [Theory]
    [InlineData("0461")]
    [InlineData("FEFFFFFFFFFFFFFFFF01")]
    [InlineData("FEFFFFFF0F00")]
    public void A_length_past_the_end_is_refused(string hex)
    {
        byte[] bytes = Convert.FromHexString(hex);
        Assert.True(Assert.Throws<AvroFormatException>(() => new AvroReader(bytes).ReadBytes()).IsTruncated);
    }
}
