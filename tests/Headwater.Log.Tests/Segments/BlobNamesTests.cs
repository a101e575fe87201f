using Headwater.Core.Positions;
using Headwater.Log.Model;
using Headwater.Log.Segments;
using Xunit;

namespace Headwater.Log.Tests.Segments;

/// <summary>The literal blob names of the storage format. If a name changes, stored data can no longer be found.</summary>
public sealed class BlobNamesTests
{
    private const string Id = "0123456789abcdef0123456789abcdef";

    private const string Folder = $"orders/{Id}/00012/";

    private static readonly StreamName Orders = StreamName.Parse("orders");

    [Fact]
    public void The_document() => Assert.Equal("orders/stream.json", BlobNames.StreamDocument(Orders));

    [Fact]
    public void The_folder_of_one_creation() => Assert.Equal($"orders/{Id}/", BlobNames.StreamFolder(Orders, Id));

    [Fact]
    public void A_partition() => Assert.Equal(Folder, BlobNames.PartitionFolder(Orders, Id, new PartitionId(12)));

    [Fact]
    public void The_last_partition_there_may_be() => Assert.Equal($"orders/{Id}/01023/", BlobNames.PartitionFolder(Orders, Id, new PartitionId(1023)));

    [Fact]
    public void A_segment() => Assert.Equal(Folder + "00000000000000000345.avro", BlobNames.Segment(Folder, new Offset(345)));

    [Fact]
    public void The_last_segment_there_may_be() => Assert.Equal(Folder + "09223372036854775807.avro", BlobNames.Segment(Folder, Offset.Max));

    [Fact]
    public void A_compacted_segment() =>
        Assert.Equal(
            Folder + "00000000000000000345-00000000000000000678.g0003.avro", BlobNames.Compacted(Folder, new OffsetRange(new Offset(345), new Offset(678)), 3));

    [Fact]
    public void An_index() => Assert.Equal(Folder + "00000000000000000345.index", BlobNames.Index(Folder, new Offset(345)));

    [Fact]
    public void A_checkpoint() => Assert.Equal(Folder + "checkpoint", BlobNames.Checkpoint(Folder));

    [Fact]
    public void A_producer() => Assert.Equal($"orders/{Id}/producers/p-1.json", BlobNames.Producer(Orders, Id, "p-1"));

    [Fact]
    public void Listing_order_is_log_order()
    {
        string[] names = [.. new long[] { 0, 9, 10, 99, 100, 12_345, 999_999_999_999, long.MaxValue }.Select(o => BlobNames.Segment(Folder, new Offset(o)))];

        Assert.Equal(names, names.Order(StringComparer.Ordinal));
    }
}
