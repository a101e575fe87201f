using Headwater.Contracts.Text;
using Headwater.Core.Positions;
using Xunit;

namespace Headwater.Http.Tests.Read;

/// <summary>Cursors of reads over several partitions as text.</summary>
public sealed class ReadCursorTests
{
    private const string Id = "00112233445566778899aabbccddeeff";

    [Theory]
    [InlineData(1, 1, 0L)]
    [InlineData(4, 4, 1_000L)]
    [InlineData(1024, 1024, 17_179_869_183L)]
    [InlineData(1024, 3, long.MaxValue)]
    [InlineData(9, 8, 1L)]
    public void A_cursor_is_read_back(int partitions, int read, long spread)
    {
        ReadCursor cursor = Cursor(partitions, read, 0, spread);

        ReadCursor? back = ReadCursor.Parse(cursor.ToString());

        Assert.Equal((Id, partitions, cursor.First), (back!.StreamId, back.Partitions, back.First));
        Assert.Equal(cursor.Offsets.OrderBy(o => o.Key), back.Offsets.OrderBy(o => o.Key));
    }

    [Fact]
    public void A_cursor_of_1024_partitions_with_a_trillion_events_each_has_at_most_6_KB() =>
        Assert.InRange(Cursor(1024, 1024, 1_000_000_000_000, (1L << 34) - 1).ToString().Length, 1, 6 * 1024);

    [Fact]
    public void A_cursor_of_all_partitions_but_one_has_at_most_6_KB() =>
        Assert.InRange(Cursor(1024, 1023, 1_000_000_000_000, (1L << 34) - 1).ToString().Length, 1, 6 * 1024);

    [Fact]
    public void No_shortened_or_lengthened_cursor_is_read()
    {
        string text = Cursor(5, 3, 7, 100).ToString();

        for (int length = 0; length < text.Length; length++)
        {
            Assert.Null(ReadCursor.Parse(text[..length]));
        }

        Assert.Null(ReadCursor.Parse(text + "AAAA"));
    }

    [Fact]
    public void No_changed_byte_makes_a_reader_fail()
    {
        byte[] bytes = System.Buffers.Text.Base64Url.DecodeFromChars(Cursor(5, 3, 7, 100).ToString());
        foreach (int at in Enumerable.Range(0, bytes.Length))
        {
            foreach (byte value in (byte[])[0, 1, 0x7f, 0x80, 0xff])
            {
                byte[] changed = [.. bytes];
                changed[at] = value;
                ReadCursor? read = ReadCursor.Parse(System.Buffers.Text.Base64Url.EncodeToString(changed));
                Assert.True(read is null || read.Offsets.Count is > 0 and <= ReadCursor.MaxPartitions);
            }
        }
    }

    private static ReadCursor Cursor(int partitions, int read, long least, long spread) => new()
    {
        StreamId = Id,
        Partitions = partitions,
        First = new PartitionId(partitions - 1),
        Offsets = Enumerable.Range(0, read).ToDictionary(
            p => new PartitionId(p),
            p => new Offset(least + (read == 1 ? 0 : (long)((decimal)spread * p / (read - 1))))),
    };
}
