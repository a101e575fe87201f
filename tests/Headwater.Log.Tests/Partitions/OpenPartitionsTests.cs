using Headwater.Core.Positions;
using Headwater.Log.Append;
using Headwater.Log.Model;
using Headwater.Log.Partitions;
using Headwater.Log.Ports;
using Headwater.Log.Read;
using Headwater.Testing;
using Xunit;

namespace Headwater.Log.Tests.Partitions;

/// <summary>
/// A process keeps partitions open within a number of bytes. It drops idle partitions and opens them again on use; it never drops a partition in use. The
/// tests allow no bytes, so that a partition is dropped the moment that nothing uses it.
/// </summary>
public sealed class OpenPartitionsTests
{
    private static readonly LogOptions Tight = LogOptions.Default with { OpenPartitionBytes = 0 };

    private static readonly DateTimeOffset LongAgo = DateTimeOffset.UnixEpoch;

    [Fact]
    public void Partitions_that_nothing_uses_are_dropped_and_opened_again() => World.Play(async world =>
    {
        Instance instance = world.Start(Tight);
        StreamDescription stream = await instance.CreateAsync(settings: Options.Partitioned(2));
        await instance.AppendAsync(stream, [new Posted("a")], target: 0);
        instance.Storage.Clear();

        await instance.AppendAsync(stream, [new Posted("b")], target: 0);

        Assert.Contains(instance.Storage.Calls, c => c.ShortName == "checkpoint");
        Assert.Equal(["a", "b"], await world.Start().ValuesAsync(stream));
    });

    [Theory]
    [InlineData(1L << 30, 64L << 20)]
    [InlineData(1L << 40, 256L << 20)]
    public void The_bytes_are_a_sixteenth_of_the_memory_of_the_process_at_most_256_MiB(long memory, long bytes) =>
        Assert.Equal(bytes, LogOptions.ForMemory(memory).OpenPartitionBytes);

    [Fact]
    public void A_thousand_partitions_take_no_more_than_the_bytes_allowed() => World.Play(async world =>
    {
        Instance writer = world.Start();
        StreamDescription stream = await writer.CreateAsync(settings: Options.Partitioned(1_000));
        var logs = new PartitionLogs(
            new LogPorts(world.Store, world.Tables, world.Time, new SeededRandomness(1)), Options.Default with { OpenPartitionBytes = 1 << 20 });
        for (int partition = 0; partition < 1_000; partition++)
        {
            using HeldPartition<PartitionLog> held = logs.Hold(stream, new PartitionId(partition));
            await held.Value.Partition.TailAsync(default);
        }

        Assert.InRange(logs.Bytes, 1, 1 << 20);
        Assert.InRange(logs.Count, 1, 128);
    });

    [Fact]
    public void What_a_partition_remembers_counts() => World.Play(async world =>
    {
        Instance writer = world.Start();
        StreamDescription stream = await writer.CreateAsync();
        var logs = new PartitionLogs(new LogPorts(world.Store, world.Tables, world.Time, new SeededRandomness(1)), Options.Default);
        long empty = await BytesAsync(logs, stream);
        for (int i = 0; i < 1_000; i++)
        {
            await writer.AppendAsync(stream, Keys.Of($"{i}", "body"), "a");
        }

        Assert.InRange(await BytesAsync(logs, stream) - empty, 100_000, 400_000);
    });

    /// <summary>Another request of the process comes in at every storage call, and drops what is idle.</summary>
    [Theory]
    [InlineData("append")]
    [InlineData("keyed append")]
    [InlineData("append that rolls")]
    [InlineData("read")]
    [InlineData("latest")]
    [InlineData("read by time")]
    public void At_every_call_of_an_operation_its_partition_stays(string operation) => World.Play(async world =>
    {
        int calls = int.MaxValue;
        for (int at = 1; at <= calls; at++)
        {
            Instance writer = world.Start(Options.RollsOften);
            string name = $"orders{at}";
            StreamDescription stream = await writer.CreateAsync(name, Options.Partitioned(2));
            for (int i = 0; i < (operation == "append that rolls" ? 2 : 1); i++)
            {
                await writer.AppendAsync(stream, [new Posted("a")], target: 0);
            }

            Instance instance = world.Start(Options.RollsOften with { OpenPartitionBytes = 0 });
            await instance.GetAsync(name);
            int seen = 0;
            instance.Storage.Every(c => !c.Name.Contains("/00001", StringComparison.Ordinal), CallFate.After(async () =>
            {
                await Task.Delay(TimeSpan.FromMilliseconds(1), world.Time);
                if (++seen == at)
                {
                    await instance.ReadAsync(stream, partition: 1);
                }
            }));
            await DoAsync(instance, stream, operation);
            calls = seen;
            Assert.Single(instance.Storage.Of(StorageOperation.Read), c => c.Name.EndsWith("/00000/checkpoint", StringComparison.Ordinal));
            await Audit.PartitionAsync(world, stream);
        }

        Assert.InRange(calls, 2, 30);
    });

    [Fact]
    public void A_partition_with_an_append_whose_outcome_is_unclear_stays() => World.Play(async world =>
    {
        Instance instance = world.Start(Tight);
        StreamDescription stream = await instance.CreateAsync(settings: Options.Partitioned(2));
        instance.Storage.When(c => c.Operation == StorageOperation.AppendBlock, CallFate.AnswerLost);
        var gate = new TaskCompletionSource();
        instance.Storage.Clear();
        instance.Storage.When(
            c => c.Operation == StorageOperation.Read && instance.Storage.Of(StorageOperation.AppendBlock).Any(), CallFate.HeldUntil(gate.Task));
        Task<AppendOutcome> append = instance.AppendAsync(stream, [new Posted("a")], target: 0);
        await world.QuietAsync();
        await instance.ReadAsync(stream, partition: 1);
        Task<AppendOutcome> second = instance.AppendAsync(stream, [new Posted("b")], target: 0);
        await world.QuietAsync();

        Assert.Single(instance.Storage.Of(StorageOperation.AppendBlock));
        gate.SetResult();
        AppendOutcome[] outcomes = await Task.WhenAll(append, second);
        Assert.Equal([0L, 1], outcomes.Select(o => o.Partitions.Single().Base!.Value.Value));
    });

    [Fact]
    public void A_batch_found_in_the_log_is_remembered_until_its_append() => World.Play(async world =>
    {
        Instance writer = world.Start();
        StreamDescription stream = await writer.CreateAsync(settings: Options.Partitioned(2));
        await writer.AppendAsync(stream, Keys.Of("old", "body"), "a");
        for (int i = 0; i < 10_100; i++)
        {
            await writer.AppendAsync(stream, Keys.Of($"{i}", "body"), "x");
        }

        Instance instance = world.Start(Tight);
        AppendOptions old = Keys.Of("old", "body");
        using RequestEvents events = instance.Request(stream, [new Posted("a")], target: 0);
        await instance.Log.RecallAsync(stream, events, old.Request!.Value.Key, LongAgo, default);
        await instance.ReadAsync(stream, partition: 1);

        Assert.True((await instance.Log.AppendAsync(stream, events, old, default)).IsReplay);
    });

    [Fact]
    public void A_batch_found_in_the_log_is_remembered_though_the_partition_is_opened_again() => World.Play(async world =>
    {
        Instance writer = world.Start();
        StreamDescription stream = await writer.CreateAsync();
        await writer.AppendAsync(stream, Keys.Of("old", "body"), "a");
        for (int i = 0; i < 10_100; i++)
        {
            await writer.AppendAsync(stream, Keys.Of($"{i}", "body"), "x");
        }

        Instance instance = world.Start();
        AppendOptions old = Keys.Of("old", "body");
        using RequestEvents events = instance.Request(stream, [new Posted("a")], target: 0);
        await instance.Log.RecallAsync(stream, events, old.Request!.Value.Key, LongAgo, default);
        string large = new('x', 900_000);
        for (int i = 0; i < 40; i++)
        {
            await writer.AppendAsync(stream, large);
        }

        await instance.ReadAsync(stream, ReadFrom.Latest); // Far behind, so it opens the partition from the checkpoint.

        Assert.True((await instance.Log.AppendAsync(stream, events, old, default)).IsReplay);
    });

    [Fact]
    public void A_reader_that_waits_is_woken_by_an_append_of_its_process() => World.Play(async world =>
    {
        Instance instance = world.Start(Tight);
        StreamDescription stream = await instance.CreateAsync(settings: Options.Partitioned(2));
        Task<Page> waiting = instance.ReadAsync(stream, ReadFrom.Latest, wait: TimeSpan.FromSeconds(20));
        await world.QuietAsync();
        await instance.ReadAsync(stream, partition: 1);
        TimeSpan before = world.Time.Elapsed;

        await instance.AppendAsync(stream, [new Posted("new")], target: 0);

        Assert.Equal(["new"], (await waiting).Values);
        Assert.Equal(before, world.Time.Elapsed);
    });

    [Fact]
    public void A_partition_is_dropped_when_the_checkpoint_that_is_being_written_is() => World.Play(async world =>
    {
        Instance instance = world.Start(Tight with { CheckpointAppends = 2 });
        StreamDescription stream = await instance.CreateAsync(settings: Options.Partitioned(2));
        var gate = new TaskCompletionSource();
        instance.Storage.When(c => c.ToString() == "Write checkpoint", CallFate.HeldUntil(gate.Task));
        await instance.AppendAsync(stream, [new Posted("a")], target: 0);
        await instance.AppendAsync(stream, [new Posted("b")], target: 0);
        instance.Storage.Clear();
        await instance.AppendAsync(stream, [new Posted("c")], target: 0);
        Assert.DoesNotContain(instance.Storage.Of(StorageOperation.Read), c => c.ShortName == "checkpoint");

        gate.SetResult();
        await world.QuietAsync();
        instance.Storage.Clear();
        await instance.AppendAsync(stream, [new Posted("d")], target: 0);

        Assert.Contains(instance.Storage.Of(StorageOperation.Read), c => c.ShortName == "checkpoint");
    });

    [Fact]
    public void A_partition_whose_checkpoint_cannot_be_written_is_dropped() => World.Play(async world =>
    {
        Instance instance = world.Start(Tight with { CheckpointAppends = 2 });
        StreamDescription stream = await instance.CreateAsync();
        instance.Storage.Every(c => c.ToString() == "Write checkpoint", CallFate.LostBefore);
        for (int i = 0; i < 5; i++)
        {
            await instance.AppendAsync(stream, $"{i}");
        }

        await world.QuietAsync();
        instance.Storage.Clear();
        await instance.AppendAsync(stream, "5");

        Assert.Contains(instance.Storage.Of(StorageOperation.Read), c => c.ShortName == "checkpoint");
    });

    private static async Task<long> BytesAsync(PartitionLogs logs, StreamDescription stream)
    {
        using (HeldPartition<PartitionLog> held = logs.Hold(stream, new PartitionId(0)))
        {
            await held.Value.Partition.FreshTailAsync(default);
        }

        return logs.Bytes;
    }

    private static async Task DoAsync(Instance instance, StreamDescription stream, string operation)
    {
        switch (operation)
        {
            case "append" or "append that rolls":
                await instance.AppendAsync(stream, [new Posted("b")], target: 0);
                break;
            case "keyed append":
                Task<AppendOutcome> first = instance.AppendAsync(stream, Keys.Of("key", "body"), "b");
                Task<AppendOutcome> second = instance.AppendAsync(stream, Keys.Of("key", "body"), "b");
                Assert.Equal(1, (await Task.WhenAll(first, second)).Count(o => o.IsReplay));
                break;
            case "read":
                Assert.Single((await instance.ReadAsync(stream)).Events);
                break;
            case "latest":
                Assert.Equal(1, (await instance.ReadAsync(stream, ReadFrom.Latest)).Next.Value);
                break;
            default:
                Assert.Single((await instance.ReadAsync(stream, ReadFrom.Since(new UnixMicros(0)))).Events);
                break;
        }
    }
}
