using Headwater.Log.Ports;
using Headwater.Queues.Handling;
using Headwater.Queues.Messages;
using Headwater.Queues.Stored;
using Headwater.Testing;
using Xunit;

namespace Headwater.Http.Tests.Queued;

/// <summary>Blobs of requests that failed before their message was on the queue.</summary>
public sealed class AbandonedTests
{
    private static readonly string Large = $$"""[{"value":"{{new string('x', 60_000)}}"}]""";

    private readonly FaultyBlobs _blobs;
    private readonly QueueApi _queue;

    public AbandonedTests()
    {
        FaultyBlobs? faulty = null;
        _queue = new QueueApi(wrap: inner => faulty = new FaultyBlobs(inner));
        _blobs = faulty!;
    }

    private TestApi Api => _queue.Api;

    [Fact]
    public async Task The_blob_of_a_send_that_failed_is_swept_after_its_age()
    {
        await Api.CreateAsync();
        Api.Queues.Fault = new StorageException(StorageFault.Unavailable, "send");
        Assert.Equal(503, (await _queue.PostAsync(Large)).Status);
        Api.Queues.Fault = null;
        Assert.Single(await ClaimsAsync());

        (int abandoned, int claims) = await SweepDailyAsync(20);

        Assert.Equal((1, 1), (abandoned, claims));
        Assert.Empty(await ClaimsAsync());
    }

    [Fact]
    public async Task An_unreadable_stream_stops_neither_the_sweep_of_the_others_nor_that_of_messages()
    {
        await Api.CreateAsync(name: "a");
        await Api.CreateAsync();
        await Api.Blobs.WriteAsync("a/stream.json", "no JSON"u8.ToArray(), WriteCondition.Always, TestApi.Cancellation);
        await Api.Blobs.WriteAsync(ClaimBlobs.MessageFolder + "1", new byte[1], WriteCondition.IfAbsent, TestApi.Cancellation);
        Api.Queues.Fault = new StorageException(StorageFault.Unavailable, "send");
        await _queue.PostAsync(Large);
        Api.Queues.Fault = null;

        (int abandoned, _) = await SweepDailyAsync(60);
        SweepReport report = await Api.Queued.SweepAsync(TimeSpan.FromMinutes(1), TestApi.Cancellation);

        Assert.Equal(1, abandoned);
        Assert.Empty(await ClaimsAsync());
        Assert.Empty((await Api.Blobs.ListAsync(ClaimBlobs.MessageFolder, null, 10, TestApi.Cancellation)).Items);
        Assert.Equal(["a"], report.Failures.Select(f => f.What));
    }

    [Fact]
    public async Task A_sweep_continues_inside_a_stream_where_its_time_ended()
    {
        await Api.CreateAsync();
        Api.Queues.Fault = new StorageException(StorageFault.Unavailable, "send");
        for (int i = 0; i < 6; i++)
        {
            await _queue.PostAsync(Large);
        }

        Api.Queues.Fault = null;
        var ports = new LogPorts(Api.Blobs, Api.Tables, Api.Time, new SeededRandomness(1));
        var statuses = new QueuedStatuses(Api.Tables);
        var sweep = new ClaimSweep(Api.Log.Streams, statuses, ports, new AbandonedBatches(statuses, Api.Blobs, Api.Queues));
        Api.Time.Advance(TimeSpan.FromDays(20));
        int sweeps = 0;
        bool isFinished = false;
        while (!isFinished && ++sweeps < 20)
        {
            // Time for the stream and for one batch. The queue is not handled, so every batch stays.
            int left = 2;
            var sight = new QueueSight(false, new HashSet<string>());
            isFinished = await sweep.SweepAsync(new SweepRun(Api.Time.GetUtcNow(), Api.Time.GetUtcNow(), sight, () => left-- > 0), TestApi.Cancellation);
        }

        Assert.Equal(6, (await ClaimsAsync()).Count);
        Assert.InRange(sweeps, 3, 7);
    }

    [Fact]
    public async Task A_batch_on_a_queue_that_nobody_handles_is_not_swept()
    {
        await Api.CreateAsync();
        string path = await _queue.AcceptedAsync(Large);

        await SweepDailyAsync(30);

        await _queue.DrainAsync();
        Assert.Equal("appended", (string?)(await Api.GetAsync(path)).Json["status"]);
    }

    [Fact]
    public async Task A_batch_that_waits_for_storage_for_months_is_not_swept()
    {
        await Api.CreateAsync("""{"inbox":true}""");
        string path = await _queue.AcceptedAsync(Large);
        string value = new('x', QueueText.MaxBytes - 100);
        await _queue.PutAsync("inbox", QueueApi.Envelope("1", "s", $$"""[{"value":"{{value}}"}]"""));
        _blobs.AppendsFailAt = ".avro";

        await SweepDailyAsync(50, TimeSpan.FromMinutes(30));

        _blobs.AppendsFailAt = null;
        await _queue.DrainAsync();
        Assert.Empty(await _queue.PoisonAsync());
        Assert.Equal("appended", (string?)(await Api.GetAsync(path)).Json["status"]);
        Assert.Equal(2, (await Api.EventsAsync()).Count);
    }

    [Fact]
    public async Task After_a_long_stop_a_message_just_being_handled_is_not_swept()
    {
        await Api.CreateAsync();
        string path = await _queue.AcceptedAsync(Large);
        Api.Time.Advance(TimeSpan.FromDays(30));
        QueuedMessage message = Assert.Single(await Api.Queues.ReceiveAsync("appends", 1, TimeSpan.FromMinutes(10), TestApi.Cancellation));

        await Api.Queued.SweepAsync(TimeSpan.FromMinutes(1), TestApi.Cancellation);

        await Api.Queued.HandleAsync("appends", message.Body, message.Enqueued, 1, TestApi.Cancellation);
        Assert.Equal("appended", (string?)(await Api.GetAsync(path)).Json["status"]);
    }

    [Fact]
    public async Task A_row_that_was_written_before_a_send_that_failed_is_swept_after_its_age()
    {
        string id = TimedId.Of(Api.Time.GetUtcNow(), 1);
        await new QueuedStatuses(Api.Tables).InsertAsync(new QueuedStatus(id, AppendState.Queued, "s", Api.Time.GetUtcNow()), TestApi.Cancellation);

        (int abandoned, _) = await SweepDailyAsync(20);

        Assert.Equal((1, 404), (abandoned, (await Api.GetAsync($"/appends/{id}")).Status));
    }

    [Fact]
    public async Task The_blob_of_a_send_that_failed_is_swept_after_the_app_was_stopped_for_months()
    {
        await Api.CreateAsync();
        Api.Queues.Fault = new StorageException(StorageFault.Unavailable, "send");
        await _queue.PostAsync(Large);
        Api.Queues.Fault = null;
        Api.Time.Advance(TimeSpan.FromDays(100));

        (int abandoned, int claims) = await SweepDailyAsync(3);

        Assert.Equal((1, 1), (abandoned, claims));
        Assert.Empty(await ClaimsAsync());
    }

    [Fact]
    public async Task The_blob_of_a_batch_that_the_host_gave_up_is_not_swept()
    {
        await Api.CreateAsync();
        await _queue.AcceptedAsync(Large);
        await MovedByHostAsync();

        await SweepDailyAsync(60);

        await RedrivenAsync();
    }

    [Fact]
    public async Task The_blob_of_a_poisoned_batch_is_not_swept_after_the_tables_were_lost()
    {
        await Api.CreateAsync();
        await _queue.AcceptedAsync(Large);
        await MovedByHostAsync();
        await SweepDailyAsync(1);
        Api.Tables.Clear();

        await SweepDailyAsync(60);

        await RedrivenAsync();
    }

    [Fact]
    public async Task A_sweep_that_runs_out_of_time_is_continued_by_the_next()
    {
        for (int i = 0; i < 10; i++)
        {
            await Api.CreateAsync(name: $"s{i}");
        }

        List<string> visited = [];
        _blobs.Listing = prefix =>
        {
            if (prefix.Contains("/appends/", StringComparison.Ordinal))
            {
                visited.Add(prefix[..2]);
                Api.Time.Advance(TimeSpan.FromSeconds(25));
            }
        };
        List<bool> finished = [];
        for (int i = 0; i < 4; i++)
        {
            finished.Add((await Api.Queued.SweepAsync(TimeSpan.FromMinutes(1), TestApi.Cancellation)).Finished);
        }

        Assert.Equal([.. Enumerable.Range(0, 10).Select(i => $"s{i}")], visited);
        Assert.Equal([false, false, false, true], finished);
    }

    [Fact]
    public async Task A_batch_that_the_host_gave_up_behind_a_hundred_others_is_poisoned_by_the_next_sweep()
    {
        await Api.CreateAsync();
        string path = "";
        for (int i = 0; i < 100; i++)
        {
            path = await _queue.AcceptedAsync("""[{"value":1}]""");
            await MovedByHostAsync();
        }

        await SweepDailyAsync(1);

        Assert.Equal("poisoned", (string?)(await Api.GetAsync(path)).Json["status"]);
    }

    [Fact]
    public async Task The_blob_of_a_send_that_failed_is_swept_although_a_hundred_messages_are_poisoned()
    {
        await Api.CreateAsync();
        Api.Queues.Fault = new StorageException(StorageFault.Unavailable, "send");
        await _queue.PostAsync(Large);
        Api.Queues.Fault = null;
        for (int i = 0; i < 100; i++)
        {
            await _queue.AcceptedAsync("""[{"value":1}]""");
            await MovedByHostAsync();
        }

        (int abandoned, int claims) = await SweepDailyAsync(20);

        Assert.Equal((1, 1), (abandoned, claims));
    }

    [Fact]
    public async Task A_sweep_leaves_the_poisoned_messages_to_be_put_back_as_soon_as_its_hold_ends()
    {
        await Api.CreateAsync();
        for (int i = 0; i < 100; i++)
        {
            await _queue.AcceptedAsync("""[{"value":1}]""");
            await MovedByHostAsync();
        }

        await SweepDailyAsync(1);
        Api.Time.Advance(TimeSpan.FromMinutes(3));

        Assert.Equal(100, (int?)(await Api.SendAsync("POST", "/appends/poison/redrive?limit=100")).Json["redriven"]);
    }

    [Fact]
    public async Task A_batch_that_another_copy_appended_while_the_sweep_looked_stays_appended()
    {
        await Api.CreateAsync();
        string path = await _queue.AcceptedAsync("""[{"value":1}]""");
        QueuedMessage message = Assert.Single(await Api.Queues.ReceiveAsync("appends", 1, TimeSpan.FromMinutes(10), TestApi.Cancellation));
        await Api.Queues.SendAsync("appends-poison", message.Body, TimeSpan.Zero, TestApi.Cancellation);
        Api.Tables.BeforeWrite = () =>
            Api.Queued.HandleAsync("appends", message.Body, message.Enqueued, 1, TestApi.Cancellation).GetAwaiter().GetResult();

        await SweepDailyAsync(1);

        Assert.Equal("appended", (string?)(await Api.GetAsync(path)).Json["status"]);
    }

    private async Task RedrivenAsync()
    {
        await Api.SendAsync("POST", "/appends/poison/redrive");
        await _queue.DrainAsync();
        Assert.Empty(await _queue.PoisonAsync());
        Assert.Single(await Api.EventsAsync());
    }

    private async Task MovedByHostAsync()
    {
        QueuedMessage message = Assert.Single(await Api.Queues.ReceiveAsync("appends", 1, TimeSpan.FromSeconds(10), TestApi.Cancellation));
        await Api.Queues.SendAsync("appends-poison", message.Body, TimeSpan.Zero, TestApi.Cancellation);
        await Api.Queues.DeleteAsync("appends", message.Receipt, TestApi.Cancellation);
    }

    private async Task<(int Abandoned, int Claims)> SweepDailyAsync(int days, TimeSpan? handled = null)
    {
        (int abandoned, int claims) = (0, 0);
        for (int day = 0; day < days; day++)
        {
            DateTimeOffset end = Api.Time.GetUtcNow() + TimeSpan.FromDays(1);
            while (Api.Time.GetUtcNow() < end)
            {
                Api.Time.Advance(handled ?? TimeSpan.FromDays(1));
                if (handled is not null)
                {
                    await _queue.PumpAsync("inbox");
                    await _queue.PumpAsync();
                }
            }

            SweepReport report = await Api.Queued.SweepAsync(TimeSpan.FromMinutes(1), TestApi.Cancellation);
            (abandoned, claims) = (abandoned + report.Abandoned, claims + report.Claims);
        }

        return (abandoned, claims);
    }

    private async Task<IReadOnlyList<string>> ClaimsAsync() =>
        [.. (await Api.Blobs.ListAsync("s/", null, 1_000, TestApi.Cancellation)).Items
            .Select(i => i.Name)
            .Where(n => n.Contains("/appends/", StringComparison.Ordinal))];
}
