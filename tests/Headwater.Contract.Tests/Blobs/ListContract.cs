using Headwater.Log.Ports;
using Headwater.Testing;

namespace Headwater.Contract.Tests.Blobs;

public sealed class Listing_in_memory() : ListContract(new InMemoryBackend());

public sealed class Listing_on_Azurite(AzuriteFixture azurite) : ListContract(new AzuriteBackend(azurite));

public abstract class ListContract(Backend backend) : BlobContract(backend)
{
    private static readonly string[] Names = ["flights-b/0", "flights.a/0", "flights/00000.avro", "flights/00010.avro", "flights/x/1", "flights0", "ships/0"];

    [Fact]
    public async Task Names_come_in_ordinal_order()
    {
        await BlobsAsync(Names.Reverse());

        BlobPage page = await Blobs.ListAsync("", null, 100, Cancellation);

        Assert.Equal(Names.Order(StringComparer.Ordinal), page.Items.Select(item => item.Name));
    }

    [Theory]
    [InlineData("flights/", 3)]
    [InlineData("flights", 6)]
    [InlineData("flights/000", 2)]
    [InlineData("flights/00010.avro", 1)]
    [InlineData("none", 0)]
    public async Task Only_names_with_the_prefix_come(string prefix, int expected)
    {
        await BlobsAsync(Names);

        BlobPage page = await Blobs.ListAsync(prefix, null, 100, Cancellation);

        Assert.All(page.Items, item => Assert.StartsWith(prefix, item.Name, StringComparison.Ordinal));
        Assert.Equal(expected, page.Items.Count);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(6)]
    [InlineData(7)]
    public async Task Pages_bring_every_name_once(int pageSize)
    {
        await BlobsAsync(Names);
        List<string> seen = [];
        string? continuation = null;
        do
        {
            BlobPage page = await Blobs.ListAsync("flights", continuation, pageSize, Cancellation);
            Assert.True(page.Items.Count <= pageSize);
            seen.AddRange(page.Items.Select(item => item.Name));
            continuation = page.Continuation;
        }
        while (continuation is not null);

        Assert.Equal(Names.Where(name => name.StartsWith("flights", StringComparison.Ordinal)).Order(StringComparer.Ordinal), seen);
    }

    [Fact]
    public async Task Items_carry_length_ETag_and_date()
    {
        string? etag = await Blobs.WriteAsync("a", Bytes("01234"), WriteCondition.IfAbsent, Cancellation);

        BlobItem item = Assert.Single((await Blobs.ListAsync("", null, 10, Cancellation)).Items);

        using BlobRead read = await ReadAsync("a");
        Assert.Equal((etag, 5L, false), (item.ETag, item.Length, item.Sealed));
        Assert.InRange(item.LastModified, read.Date - TimeSpan.FromMinutes(1), read.Date);
    }

    [Fact]
    public async Task A_container_that_is_not_there_lists_as_empty()
    {
        BlobPage page = await Blobs.ListAsync("", null, 10, Cancellation);

        Assert.Equal((0, null), (page.Items.Count, page.Continuation));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(5_001)]
    public async Task A_page_size_the_service_has_not_is_a_defect_of_the_caller(int pageSize)
    {
        await BlobsAsync(Names);

        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => Blobs.ListAsync("", null, pageSize, Cancellation).AsTask());
    }

    [Theory]
    [InlineData("", "flights-b/,flights.a/,flights/,ships/")]
    [InlineData("flights", "flights-b/,flights.a/,flights/")]
    [InlineData("flights/", "flights/x/")]
    [InlineData("ships/", "")]
    [InlineData("none", "")]
    public async Task Folders_are_the_distinct_next_parts_of_names(string prefix, string expected)
    {
        await BlobsAsync(Names);

        FolderPage page = await Blobs.ListFoldersAsync(prefix, null, Cancellation);

        Assert.Equal((expected, null), (string.Join(',', page.Folders), page.Continuation));
    }

    [Fact]
    public async Task A_container_that_is_not_there_has_no_folders() =>
        Assert.Empty((await Blobs.ListFoldersAsync("", null, Cancellation)).Folders);

    [Theory]
    [InlineData("with space/and+plus/100%/a&b=c")]
    [InlineData("%2F/ü/日本/'quoted'")]
    public async Task A_name_of_any_characters_comes_back_as_it_was(string name)
    {
        await AppendBlobAsync(name, "1");

        BlobItem item = Assert.Single((await Blobs.ListAsync("", null, 10, Cancellation)).Items);

        Assert.Equal(name, item.Name);
        Assert.Equal("1", await TextAsync(item.Name));
    }

    private async Task BlobsAsync(IEnumerable<string> names)
    {
        foreach (string name in names)
        {
            await BlockBlobAsync(name, "1");
        }
    }
}
