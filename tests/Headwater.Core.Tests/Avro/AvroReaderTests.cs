using System.Buffers;
using CsCheck;
using Headwater.Core.Avro;

namespace Headwater.Core.Tests.Avro;

public sealed class AvroReaderTests
{
    [Fact]
    public void Positions_count_from_the_origin()
    {
        var reader = new AvroReader([0, 0, 2], origin: 1000);
        reader.ReadLong();
        reader.ReadLong();
        Assert.Equal((1002, 2, 1), (reader.Position, reader.Consumed, reader.Remaining));
    }

    [Theory]
    [InlineData(2)]
    [InlineData(255)]
    public void A_byte_that_is_no_boolean_is_refused(byte value) =>
        Assert.Throws<AvroFormatException>(() => new AvroReader([value]).ReadBoolean());

    [Theory]
    [InlineData("01")]
    [InlineData("06")]
    [InlineData("FEFFFFFFFFFFFFFFFF01")]
    public void A_branch_the_union_lacks_is_refused(string hex)
    {
        byte[] bytes = Convert.FromHexString(hex);
        Assert.Throws<AvroFormatException>(() => new AvroReader(bytes).ReadUnionIndex(3));
    }

    [Fact]
    public void A_float_and_a_double_are_little_endian()
    {
        var output = new ArrayBufferWriter<byte>();
        output.WriteFloat(1.5f);
        output.WriteDouble(-2.25);
        Assert.Equal("0000C03F" + "00000000000002C0", Convert.ToHexString(output.WrittenSpan));
    }

    [Fact]
    public void A_block_that_says_its_size_is_read()
    {
        // The count -3 means that 3 items follow, preceded by their size in bytes, which is also 3.
        var reader = new AvroReader([5, 6, 2, 2, 2, 0]);
        Assert.Equal(new AvroBlock(3, 5), reader.ReadBlock(1));
    }

    [Fact]
    public void A_block_that_ends_elsewhere_than_it_says_is_refused()
    {
        byte[] bytes = [5, 4, 2, 2, 2, 0];
        Assert.Throws<AvroFormatException>(() =>
        {
            var reader = new AvroReader(bytes);
            AvroBlock block = reader.ReadBlock(1);
            reader.Skip(3);
            reader.EndBlock(block);
        });
    }

    [Theory]
    [InlineData("FFFFFFFFFFFFFFFFFF01", false)] // long.MinValue items
    [InlineData("0301", false)] // -2 items in -1 bytes
    [InlineData("0314", true)] // -2 items in 10 bytes, none left
    [InlineData("080000", true)] // 4 items, 2 bytes left
    [InlineData("FEFFFFFFFFFFFFFFFF01", true)] // long.MaxValue items
    public void An_absurd_block_count_is_refused(string hex, bool isTruncated)
    {
        byte[] bytes = Convert.FromHexString(hex);
        AvroFormatException failure = Assert.Throws<AvroFormatException>(() => new AvroReader(bytes).ReadBlock(1));
        Assert.Equal((0, isTruncated), (failure.Position, failure.IsTruncated));
    }

    [Fact]
    public void Items_without_bytes_are_bounded_over_all_blocks()
    {
        var output = new ArrayBufferWriter<byte>();
        output.WriteLong(AvroReader.MaxZeroSizeItems);
        output.WriteLong(1);
        Assert.Throws<AvroFormatException>(() =>
        {
            var reader = new AvroReader(output.WrittenSpan);
            reader.ReadBlock(0);
            reader.ReadBlock(0);
        });
    }

    /// <summary>Reading any bytes as any sequence of types gives values or an AvroFormatException, never another exception.</summary>
    [Fact]
    public void Random_bytes_end_in_values_or_in_the_readers_own_exception() =>
        Gen.Select(Gen.Byte.Array[0, 40], Gen.Int[0, 9].Array[1, 12]).Sample((bytes, steps) =>
        {
            var reader = new AvroReader(bytes);
            try
            {
                foreach (int step in steps)
                {
                    Read(ref reader, step);
                }
            }
            catch (AvroFormatException e)
            {
                Assert.InRange(e.Position, 0, bytes.Length);
            }

            Assert.InRange(reader.Remaining, 0, bytes.Length);
        }, iter: 20_000);

    private static void Read(ref AvroReader reader, int step)
    {
        switch (step)
        {
            case 0: reader.ReadLong(); break;
            case 1: reader.ReadInt(); break;
            case 2: reader.ReadBoolean(); break;
            case 3: reader.ReadFloat(); break;
            case 4: reader.ReadDouble(); break;
            case 5: reader.ReadBytes(); break;
            case 6: reader.ReadUtf8(); break;
            case 7: reader.ReadFixed(5); break;
            case 8: reader.ReadUnionIndex(4); break;
            default: reader.ReadBlock(2); break;
        }
    }
}
