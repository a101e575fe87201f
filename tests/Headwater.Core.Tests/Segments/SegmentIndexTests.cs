using System.Buffers;
using CsCheck;
using Headwater.Core.Positions;
using Headwater.Core.Segments;

namespace Headwater.Core.Tests.Segments;

public sealed class SegmentIndexTests
{
    private static readonly Gen<SegmentIndex> Any = Gen.Select(
        Gen.Select(Gen.Long[1, 1L << 40], Gen.Long[0, 1L << 40], Gen.Long[1, 1L << 40]).Array[0, 40],
        Gen.Long[UnixMicros.MinValue.Value, 0],
        (steps, start) =>
        {
            var entries = new List<IndexEntry>();
            (long offset, long appended, long position) = (-1, start, 0);
            foreach ((long offsets, long micros, long bytes) in steps)
            {
                (offset, appended, position) = (offset + offsets, appended + micros, position + bytes);
                entries.Add(new IndexEntry(new Offset(offset), new UnixMicros(appended), position));
            }

            return new SegmentIndex(entries, new Offset(offset + 1), new UnixMicros(appended));
        });

    [Fact]
    public void Any_index_comes_back_as_it_went_in() => Any.Sample(index =>
    {
        SegmentIndex read = SegmentIndex.Read(Write(index));
        Assert.Equal(index.Entries, read.Entries);
        Assert.Equal((index.End, index.LastAppended), (read.End, read.LastAppended));
    }, iter: 500);

    [Fact]
    public void An_offset_is_found_as_by_looking_at_every_entry() => Gen.Select(Any, Gen.Long[0, 1L << 45]).Sample((index, wanted) =>
        index.FindByOffset(new Offset(wanted)) == Last(index.Entries.Where(entry => entry.Offset.Value <= wanted)));

    [Fact]
    public void An_entrys_own_offset_finds_it() => Assert.Equal(Samples.Index.Entries[1], Samples.Index.FindByOffset(new Offset(103)));

    [Fact]
    public void An_offset_before_the_first_entry_finds_none() => Assert.Null(Samples.Index.FindByOffset(new Offset(99)));

    [Fact]
    public void A_time_is_looked_for_from_before_the_entries_that_have_it() =>
        Assert.Null(Samples.Index.FindByTime(new UnixMicros(Samples.Appended)));

    [Fact]
    public void A_time_is_looked_for_from_the_last_entry_before_it() =>
        Assert.Equal(Samples.Index.Entries[1], Samples.Index.FindByTime(new UnixMicros(Samples.Appended + 1)));

    [Fact]
    public void A_time_after_all_is_looked_for_from_the_last_entry() =>
        Assert.Equal(Samples.Index.Entries[2], Samples.Index.FindByTime(UnixMicros.MaxValue));

    [Fact]
    public void Every_flipped_byte_is_reported()
    {
        byte[] bytes = Write(Samples.Index);
        for (int bit = 0; bit < bytes.Length * 8; bit++)
        {
            byte[] flipped = [.. bytes];
            flipped[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.Throws<SegmentFormatException>(() => SegmentIndex.Read(flipped));
        }
    }

    [Fact]
    public void Cut_anywhere_it_is_reported()
    {
        byte[] bytes = Write(Samples.Index);
        for (int length = 0; length < bytes.Length; length++)
        {
            Assert.Throws<SegmentFormatException>(() => SegmentIndex.Read(bytes.AsSpan(0, length)));
        }
    }

    [Fact]
    public void Another_version_is_refused_by_its_number()
    {
        byte[] bytes = Write(Samples.Index);
        bytes[4] = 2;
        Assert.Contains("version 2", Assert.Throws<SegmentFormatException>(() => SegmentIndex.Read(bytes)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("00 00 00 00")] // a byte after the end
    [InlineData("01 00 00")] // -1 entries
    [InlineData("FEFFFFFFFFFFFFFFFF01 00 00")] // long.MaxValue entries
    [InlineData("02 01 00 00 00 00")] // offset -1
    [InlineData("02 00 00 01 00 00")] // position -1
    [InlineData("02 00 FEFFFFFFFFFFFFFFFF01 00 00 00")] // a time past the year 9999
    [InlineData("04 020202 000202 00 00")] // two entries with the same offset
    [InlineData("04 020202 020102 00 00")] // a decreasing time
    [InlineData("04 020202 020200 00 00")] // two entries with the same position
    [InlineData("04 020202 FEFFFFFFFFFFFFFFFF010202 00 00")] // an offset that overflows
    [InlineData("00 01 00")] // the end offset is -1
    public void Nonsense_under_a_right_checksum_is_reported(string hex)
    {
        byte[] bytes = SealedByHand("HWIX", hex);
        Assert.Throws<SegmentFormatException>(() => SegmentIndex.Read(bytes));
    }

    [Fact]
    public void Random_bytes_under_a_right_checksum_end_in_an_index_or_in_our_exception() => Gen.Byte.Array[0, 60].Sample(bytes =>
    {
        try
        {
            SegmentIndex.Read(SealedByHand("HWIX", Convert.ToHexString(bytes)));
        }
        catch (SegmentFormatException e)
        {
            Assert.InRange(e.Position, 0, bytes.Length + 9);
        }
    }, iter: 5000);

    [Fact]
    public void Entries_that_do_not_ascend_are_not_written() =>
        Assert.Throws<ArgumentException>(() => Write(Samples.Index with { Entries = [.. Samples.Index.Entries.Reverse()] }));

    internal static byte[] SealedByHand(string magic, string hex)
    {
        byte[] bytes = [.. magic.Select(letter => (byte)letter), 1, .. Convert.FromHexString(hex.Replace(" ", "", StringComparison.Ordinal))];
        return [.. bytes, .. BitConverter.GetBytes(HandWrittenBlock.SlowCrc32C(bytes))];
    }

    private static IndexEntry? Last(IEnumerable<IndexEntry> entries) => entries.Select(entry => (IndexEntry?)entry).LastOrDefault();

    private static byte[] Write(SegmentIndex index)
    {
        var output = new ArrayBufferWriter<byte>();
        index.WriteTo(output);
        return output.WrittenSpan.ToArray();
    }
}
