using Headwater.Log.Model;
using Headwater.Log.Ports;
using Xunit;

namespace Headwater.Http.Tests.Read;

/// <summary>A listing that never has the newest segment.</summary>
public sealed class StaleListingTests
{
    [Theory(Timeout = 20_000)]
    [InlineData("/streams/s/segments")]
    [InlineData("/streams/s/partitions")]
    public async Task A_partition_whose_listings_never_have_its_newest_segment_is_503(string path)
    {
        StaleBlobs? stale = null;
        var api = new TestApi(options: LogOptions.Default with { SegmentAppends = 3 }, wrap: inner => stale = new StaleBlobs(inner));
        await api.CreateAsync();
        for (int i = 0; i < 3; i++)
        {
            await api.PostAsync("/streams/s/events", """[{"value":1}]""");
        }

        stale!.IsStale = true;
        Reply reply = await api.GetAsync(path).WaitAsync(TestContext.Current.CancellationToken);
        Assert.Equal((503, "storage_unavailable"), (reply.Status, reply.Code));
        Assert.InRange(stale.Listings, 1, 10);

        stale.IsStale = false;
        Assert.Equal(200, (await api.GetAsync(path)).Status);
    }

    private sealed class StaleBlobs(IBlobs inner) : RelayedBlobs(inner)
    {
        public bool IsStale { get; set; }

        public int Listings { get; private set; }

        public override async ValueTask<BlobPage> ListAsync(string prefix, string? continuation, int pageSize, CancellationToken cancellation)
        {
            await Task.Yield();
            BlobPage page = await base.ListAsync(prefix, continuation, pageSize, cancellation);
            if (!IsStale)
            {
                return page;
            }

            Listings++;
            string? newest = page.Items.Where(i => i.Name.EndsWith(".avro", StringComparison.Ordinal)).Max(i => i.Name);
            return page with { Items = [.. page.Items.Where(i => i.Name != newest)] };
        }
    }
}
