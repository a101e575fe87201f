using Headwater.Contracts.Errors;
using Headwater.Log.Append;
using Headwater.Log.Model;
using Xunit;

namespace Headwater.Log.Tests.Append;

public sealed class PartitioningTests
{
    private const int Partitions = 7;

    /// <summary>
    /// Kafka's own vectors (UtilsTest.testMurmur2), with the formula of its default partitioner: <c>(hash &amp; 0x7fffffff) % partitions</c>.
    /// </summary>
    [Theory]
    [InlineData("21", -973932308)]
    [InlineData("foobar", -790332482)]
    [InlineData("a-little-bit-long-string", -985981536)]
    [InlineData("a-little-bit-longer-string", -1486304829)]
    [InlineData("lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8", -58897971)]
    [InlineData("abc", 479470107)]
    public void A_key_goes_where_Kafka_puts_it(string key, int murmur2) => World.Play(async world =>
    {
        Instance instance = world.Start();
        StreamDescription stream = await instance.CreateAsync("orders", Options.Partitioned(Partitions));

        AppendOutcome outcome = await instance.AppendAsync(stream, [new Posted("v", key)]);

        Assert.Equal((murmur2 & 0x7fffffff) % Partitions, outcome.Partitions.Single().Partition.Value);
    });

    [Fact]
    public void A_requests_events_in_a_partition_get_consecutive_offsets_in_request_order() => World.Play(async world =>
    {
        Instance instance = world.Start();
        StreamDescription stream = await instance.CreateAsync("orders", Options.Partitioned(3));
        await instance.AppendAsync(stream, Keyed(50));

        AppendOutcome outcome = await instance.AppendAsync(stream, Keyed(200));

        foreach (PartitionAppend part in outcome.Partitions)
        {
            Page page = await instance.ReadAsync(stream, part.Base!.Value.Value, partition: part.Partition.Value);
            Assert.Equal(part.Events.Select(i => $"v{i}"), page.Values);
            Assert.Equal(part.Events.Order(), part.Events);
        }

        Assert.Equal(Enumerable.Range(0, 200), outcome.Partitions.SelectMany(p => p.Events).Order());
    });

    [Fact]
    public void Unkeyed_events_of_a_request_share_one_partition() => World.Play(async world =>
    {
        Instance instance = world.Start();
        StreamDescription stream = await instance.CreateAsync("orders", Options.Partitioned(64));

        AppendOutcome outcome = await instance.AppendAsync(stream, Posted.Numbers(20));

        Assert.Equal(20, outcome.Partitions.Single().Events.Count);
    });

    [Fact]
    public void Unkeyed_events_of_many_requests_are_spread() => World.Play(async world =>
    {
        Instance instance = world.Start();
        StreamDescription stream = await instance.CreateAsync("orders", Options.Partitioned(4));
        var used = new HashSet<int>();
        for (int i = 0; i < 40; i++)
        {
            used.Add((await instance.AppendAsync(stream, Posted.Numbers(1))).Partitions.Single().Partition.Value);
        }

        Assert.Equal([0, 1, 2, 3], used.Order());
    });

    [Fact]
    public void Unkeyed_events_under_a_request_key_go_where_that_key_does() => World.Play(async world =>
    {
        Instance instance = world.Start();
        StreamDescription stream = await instance.CreateAsync("orders", Options.Partitioned(Partitions));
        using RequestEvents request = instance.Request(stream, Posted.Numbers(2), unkeyed: "foobar");

        AppendOutcome outcome = await instance.Log.AppendAsync(stream, request, AppendOptions.None, default);

        Assert.Equal((-790332482 & 0x7fffffff) % Partitions, outcome.Partitions.Single().Partition.Value);
    });

    [Fact]
    public void Unkeyed_events_posted_to_a_partition_go_there() => World.Play(async world =>
    {
        Instance instance = world.Start();
        StreamDescription stream = await instance.CreateAsync("orders", Options.Partitioned(Partitions));

        AppendOutcome outcome = await instance.AppendAsync(stream, Posted.Numbers(2), target: 5);

        Assert.Equal(5, outcome.Partitions.Single().Partition.Value);
    });

    [Fact]
    public void A_key_of_another_partition_than_the_one_posted_to_is_refused() => World.Play(async world =>
    {
        Instance instance = world.Start();
        StreamDescription stream = await instance.CreateAsync("orders", Options.Partitioned(Partitions));
        int home = (479470107 & 0x7fffffff) % Partitions;
        var contents = await world.CaptureContentsAsync();

        HeadwaterException refusal = await instance.AppendAsync(stream, [new Posted("a"), new Posted("b", "abc")], target: (home + 1) % Partitions)
            .IsRefusedAsync(ErrorCode.EventInvalid);

        EventFault fault = Assert.Single(refusal.FaultsNamed());
        Assert.Equal((1, "/key"), (fault.Index, fault.Pointer));
        await contents.AssertNothingChangedAsync(default);
    });

    [Fact]
    public void A_partition_that_is_not_there_is_refused() => World.Play(async world =>
    {
        Instance instance = world.Start();
        StreamDescription stream = await instance.CreateAsync("orders", Options.Partitioned(2));

        await instance.AppendAsync(stream, Posted.Numbers(1), target: 2).IsRefusedAsync(ErrorCode.PartitionNotFound);
    });

    private static IEnumerable<Posted> Keyed(int count) => Enumerable.Range(0, count).Select(i => new Posted($"v{i}", $"k{i % 17}"));
}
