using Headwater.Contracts.Errors;
using Headwater.Log.Append;
using Headwater.Log.Model;
using Headwater.Testing;
using Xunit;

namespace Headwater.Log.Tests.Append;

public sealed class LimitsTests
{
    private static readonly KeyValuePair<string, string> Header = new("a", "b");

    [Theory]
    [InlineData(1024, false)]
    [InlineData(1025, true)]
    public void A_key_has_at_most_1024_bytes(int length, bool refused) => Check(new Posted("v", new string('k', length)), "/key", refused);

    [Fact]
    public void A_keys_bytes_are_counted_in_UTF8() => Check(new Posted("v", new string('é', 513)), "/key", refused: true);

    [Fact]
    public void A_key_with_half_a_surrogate_pair_is_refused() => Check(new Posted("v", "\ud800"), "/key", refused: true);

    [Theory]
    [InlineData(64, false)]
    [InlineData(65, true)]
    public void An_event_has_at_most_64_headers(int count, bool refused) =>
        Check(new Posted("v") { Headers = [.. Enumerable.Range(0, count).Select(i => new KeyValuePair<string, string>($"h{i}", "v"))] }, "/headers", refused);

    [Theory]
    [InlineData(16 * 1024, false)]
    [InlineData((16 * 1024) + 1, true)]
    public void Headers_have_at_most_16_KiB(int bytes, bool refused)
    {
        Check(new Posted("v") { Headers = [new("n", new string('v', bytes - 1))] }, "/headers", refused);
    }

    [Fact]
    public void A_header_that_is_there_twice_is_refused() => Check(new Posted("v") { Headers = [Header, Header] }, "/headers", refused: true);

    [Fact]
    public void A_header_with_half_a_surrogate_pair_is_refused() => Check(new Posted("v") { Headers = [new("a", "\udc00")] }, "/headers", refused: true);

    [Fact]
    public void An_event_over_1_MiB_is_refused() => World.Play(async world =>
    {
        (Instance instance, StreamDescription stream, BlobContents contents) = await StartAsync(world);

        HeadwaterException refusal = await instance.AppendAsync(stream, [new Posted("small"), new Posted(new string('v', 1 << 20))])
            .IsRefusedAsync(ErrorCode.EventTooLarge);

        Assert.Equal(1, refusal.Number("index"));
        await contents.AssertNothingChangedAsync(default);
    });

    [Fact]
    public void An_event_of_nearly_1_MiB_is_stored_and_read_back() => World.Play(async world =>
    {
        (Instance instance, StreamDescription stream, _) = await StartAsync(world);
        string large = new('v', (1 << 20) - 100);

        await instance.AppendAsync(stream, large);

        Assert.Equal([large], await world.Start().ValuesAsync(stream));
    });

    [Fact]
    public void A_share_of_a_partition_over_8_MiB_is_refused() => World.Play(async world =>
    {
        (Instance instance, StreamDescription stream, BlobContents contents) = await StartAsync(world);
        string large = new('v', 1_000_000);

        await instance.AppendAsync(stream, Enumerable.Repeat(new Posted(large), 9)).IsRefusedAsync(ErrorCode.BodyTooLarge);

        await contents.AssertNothingChangedAsync(default);
    });

    [Fact]
    public void A_share_of_nearly_8_MiB_is_stored_in_one_block() => World.Play(async world =>
    {
        (Instance instance, StreamDescription stream, _) = await StartAsync(world);
        instance.Storage.Clear();

        await instance.AppendAsync(stream, Enumerable.Repeat(new Posted(new string('v', 1_000_000)), 8));

        Assert.Single(instance.Storage.Of(StorageOperation.AppendBlock));
        Assert.Equal(8, (await instance.ReadAllAsync(stream)).Count);
    });

    [Fact]
    public void A_request_has_at_most_10000_events() => World.Play(async world =>
    {
        (Instance instance, StreamDescription stream, BlobContents contents) = await StartAsync(world);

        await instance.AppendAsync(stream, Posted.Numbers(10_001)).IsRefusedAsync(ErrorCode.TooManyEvents);
        await contents.AssertNothingChangedAsync(default);

        AppendOutcome outcome = await instance.AppendAsync(stream, Posted.Numbers(10_000));
        Assert.Equal(10_000, outcome.Partitions.Single().Events.Count);
    });

    [Fact]
    public void A_request_without_events_is_refused() => World.Play(async world =>
    {
        (Instance instance, StreamDescription stream, BlobContents contents) = await StartAsync(world);

        await instance.AppendAsync(stream, Array.Empty<Posted>()).IsRefusedAsync(ErrorCode.EmptyBatch);

        await contents.AssertNothingChangedAsync(default);
    });

    private static void Check(Posted posted, string pointer, bool refused) => World.Play(async world =>
    {
        (Instance instance, StreamDescription stream, BlobContents contents) = await StartAsync(world);
        if (!refused)
        {
            await instance.AppendAsync(stream, [posted]);
            Assert.Single(await instance.ReadAllAsync(stream));
            return;
        }

        HeadwaterException refusal = await instance.AppendAsync(stream, [posted]).IsRefusedAsync(ErrorCode.EventInvalid);

        Assert.Equal(pointer, refusal.FaultsNamed().Single().Pointer);
        await contents.AssertNothingChangedAsync(default);
    });

    private static async Task<(Instance Instance, StreamDescription Stream, BlobContents Contents)> StartAsync(World world)
    {
        Instance instance = world.Start();
        StreamDescription stream = await instance.CreateAsync();
        return (instance, stream, await world.CaptureContentsAsync());
    }
}
