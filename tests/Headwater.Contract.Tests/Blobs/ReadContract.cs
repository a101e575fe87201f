using System.Text;
using Headwater.Log.Ports;
using Headwater.Testing;

namespace Headwater.Contract.Tests.Blobs;

public sealed class Reading_in_memory() : ReadContract(new InMemoryBackend());

public sealed class Reading_on_Azurite(AzuriteFixture azurite) : ReadContract(new AzuriteBackend(azurite));

public abstract class ReadContract(Backend backend) : BlobContract(backend)
{
    [Theory]
    [InlineData(0, 1_000, "0123456789")]
    [InlineData(0, 10, "0123456789")]
    [InlineData(0, 4, "0123")]
    [InlineData(3, 4, "3456")]
    [InlineData(8, 4, "89")]
    [InlineData(9, 1, "9")]
    public async Task A_range_brings_its_bytes_and_the_whole_length(long position, int maxBytes, string expected)
    {
        await AppendBlobAsync("a", "01234", "56789");

        using BlobRead read = await ReadAsync("a", position, maxBytes);

        Assert.Equal((expected, 10L), (Encoding.UTF8.GetString(read.Content.Span), read.Length));
    }

    [Theory]
    [InlineData(10)]
    [InlineData(11)]
    [InlineData(1L << 40)]
    public async Task At_or_past_the_end_there_are_no_bytes_but_the_state(long position)
    {
        await AppendBlobAsync("a", "01234", "56789");

        using BlobRead read = await ReadAsync("a", position);

        Assert.Equal((0, 10L, 2, false), (read.Content.Length, read.Length, read.CommittedBlocks, read.Sealed));
    }

    [Fact]
    public async Task A_block_blob_has_no_committed_blocks()
    {
        await BlockBlobAsync("a", "0123456789");

        using BlobRead read = await ReadAsync("a", 5, 2);

        Assert.Equal(("56", 10L, 0), (Encoding.UTF8.GetString(read.Content.Span), read.Length, read.CommittedBlocks));
    }

    [Fact]
    public async Task Nothing_there_answers_null()
    {
        await AppendBlobAsync("b", "1");

        Assert.Null(await Blobs.ReadAsync("a", 0, 10, Cancellation));
    }

    [Fact]
    public async Task No_container_there_answers_null() => Assert.Null(await Blobs.ReadAsync("a", 0, 10, Cancellation));

    [Fact]
    public async Task The_state_is_that_of_the_listing()
    {
        await AppendBlobAsync("a", "01234");

        using BlobRead read = await ReadAsync("a");

        BlobItem item = Assert.Single((await Blobs.ListAsync("", null, 10, Cancellation)).Items);
        Assert.Equal((item.ETag, item.Length, item.Sealed), (read.ETag, read.Length, read.Sealed));
    }

    [Fact]
    public async Task The_state_is_the_same_at_the_end()
    {
        await AppendBlobAsync("a", "01234");
        using BlobRead whole = await ReadAsync("a");

        using BlobRead end = await ReadAsync("a", 5);

        Assert.Equal((whole.ETag, whole.Length, whole.CommittedBlocks), (end.ETag, end.Length, end.CommittedBlocks));
    }

    [Fact]
    public async Task The_clock_of_the_service_never_goes_back()
    {
        await AppendBlobAsync("a", "1");
        using BlobRead earlier = await ReadAsync("a");

        using BlobRead later = await ReadAsync("a");

        Assert.InRange(later.Date, earlier.Date, earlier.Date + TimeSpan.FromMinutes(1));
    }

    [Fact]
    public async Task Large_blocks_come_back_byte_for_byte()
    {
        byte[] block = new byte[3 << 20];
        new SeededRandomness(7).Fill(block);
        await AppendBlobAsync("a");
        Assert.Equal(AppendStatus.Appended, (await Blobs.AppendBlockAsync("a", 0, block, Cancellation)).Status);

        using BlobRead read = await ReadAsync("a", 1, 4 << 20);

        Assert.True(read.Content.Span.SequenceEqual(block.AsSpan(1)));
    }

    [Fact]
    public async Task Bytes_are_gone_once_the_read_is_disposed()
    {
        await AppendBlobAsync("a", "1");
        BlobRead read = await ReadAsync("a");

        read.Dispose();

        Assert.Throws<ObjectDisposedException>(() => read.Content);
    }

    [Theory]
    [InlineData(-1, 1)]
    [InlineData(0, 0)]
    [InlineData(0, -1)]
    public async Task A_range_that_is_none_is_a_defect_of_the_caller(long position, int maxBytes)
    {
        await AppendBlobAsync("a", "1");

        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => Blobs.ReadAsync("a", position, maxBytes, Cancellation).AsTask());
    }
}
