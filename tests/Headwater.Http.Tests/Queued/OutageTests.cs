using System.Text.Json.Nodes;
using Headwater.Log.Ports;
using Headwater.Queues.Handling;
using Xunit;

namespace Headwater.Http.Tests.Queued;

/// <summary>During an outage of any length, no message that can succeed later is poisoned.</summary>
public sealed class OutageTests
{
    private readonly FaultyBlobs? _blobs;
    private readonly QueueApi _queue;

    public OutageTests()
    {
        FaultyBlobs? faulty = null;
        _queue = new QueueApi(wrap: inner => faulty = new FaultyBlobs(inner));
        _blobs = faulty;
    }

    private TestApi Api => _queue.Api;

    [Fact]
    public async Task While_blobs_are_denied_batches_wait_and_afterwards_each_is_appended_once()
    {
        await Api.CreateAsync("""{"inbox":true}""");
        string path = await _queue.AcceptedAsync("""[{"value":1}]""");
        await _queue.PutAsync("inbox", QueueApi.CloudEvent("1", "2"));
        await _queue.PutAsync("inbox", QueueApi.Envelope("1", "s", """[{"value":3}]"""));
        _blobs!.AppendsFailAt = "/";

        await OutageAsync(TimeSpan.FromDays(2));
        Assert.Equal(3, Api.Queues.Bodies("appends").Count);
        Assert.Empty(await _queue.PoisonAsync());
        _blobs.AppendsFailAt = null;
        await _queue.DrainAsync();

        Assert.Equal([1, 2, 3], (await _queue.ValuesAsync()).Order());
        Assert.Equal("appended", (string?)(await Api.GetAsync(path)).Json["status"]);
    }

    [Fact]
    public async Task Waiting_grows_up_to_its_bound()
    {
        await Api.CreateAsync();
        await _queue.AcceptedAsync("""[{"value":1}]""");
        _blobs!.AppendsFailAt = "/";
        await _queue.PumpAsync();
        TimeSpan first = Api.Queues.LongestDelay("appends");

        await OutageAsync(TimeSpan.FromHours(2));

        // The wait after a denied append is at most the minute that the error asks for.
        Assert.InRange(first, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(60));
        Assert.InRange(Api.Queues.LongestDelay("appends"), TimeSpan.Zero, QueuedOptions.Default.MaxDelay);
    }

    [Fact]
    public async Task A_status_that_cannot_be_written_is_written_later_and_the_events_stand_once()
    {
        await Api.CreateAsync();
        string path = await _queue.AcceptedAsync("""[{"value":1}]""");
        Api.Tables.Fault = new StorageException(StorageFault.Throttled, "tables");
        await _queue.PumpAsync();
        Assert.Equal([1], await _queue.ValuesAsync());
        Api.Tables.Fault = null;

        await _queue.DrainAsync();

        Assert.Equal("appended", (string?)(await Api.GetAsync(path)).Json["status"]);
        Assert.Equal([1], await _queue.ValuesAsync());
    }

    [Fact]
    public async Task What_cannot_be_given_up_now_is_given_up_later()
    {
        await Api.CreateAsync();
        await _queue.PutAsync("inbox", "no JSON");
        Api.Tables.Fault = new StorageException(StorageFault.Unavailable, "tables");
        await _queue.PumpAsync("inbox");
        Assert.Empty(Api.Queues.Bodies("inbox-poison"));
        Api.Tables.Fault = null;

        await _queue.DrainAsync();

        JsonNode poisoned = Assert.Single(await _queue.PoisonAsync())!;
        Assert.Equal(("malformed_body", "no JSON"), ((string?)poisoned["code"], (string?)poisoned["excerpt"]));
    }

    [Fact]
    public async Task A_message_whose_append_was_stored_but_not_answered_is_appended_once()
    {
        await Api.CreateAsync();
        await _queue.AcceptedAsync("""[{"value":1}]""");
        _blobs!.AppendAnswersAreLost = true;

        await _queue.DrainAsync();

        Assert.Equal([1], await _queue.ValuesAsync());
    }

    [Fact]
    public async Task A_failing_queue_fails_the_message_and_leaves_it_there()
    {
        await Api.CreateAsync();
        await _queue.AcceptedAsync("""[{"value":1}]""");
        _blobs!.AppendsFailAt = "/";
        QueuedMessage message = Assert.Single(await Api.Queues.ReceiveAsync("appends", 1, TimeSpan.FromSeconds(10), TestApi.Cancellation));
        Api.Queues.Fault = new StorageException(StorageFault.Unavailable, "queues");

        Task handling = Api.Queued.HandleAsync("appends", message.Body, message.Enqueued, 9, TestApi.Cancellation);
        await AdvanceAsync(handling);

        Assert.Equal(StorageFault.Unavailable, (await Assert.ThrowsAsync<StorageException>(() => handling)).Fault);
        Api.Queues.Fault = null;
        Assert.Single(Api.Queues.Bodies("appends"));
        Assert.Equal(["runtime"], await _queue.PoisonCodesAsync()); // The host gives it up now.
    }

    [Fact]
    public async Task At_the_last_try_a_failing_queue_is_asked_for_minutes_rather_than_the_message_given_up()
    {
        await Api.CreateAsync();
        await _queue.AcceptedAsync("""[{"value":1}]""");
        _blobs!.AppendsFailAt = "/";
        QueuedMessage message = Assert.Single(await Api.Queues.ReceiveAsync("appends", 1, TimeSpan.FromMinutes(10), TestApi.Cancellation));
        Api.Queues.Fault = new StorageException(StorageFault.Unavailable, "queues");
        DateTimeOffset end = Api.Time.GetUtcNow() + TimeSpan.FromMinutes(2);

        Task handling = Api.Queued.HandleAsync("appends", message.Body, message.Enqueued, QueuedOptions.Default.MaxDequeueCount, TestApi.Cancellation);
        await AdvanceAsync(handling, () => Api.Queues.Fault = Api.Time.GetUtcNow() < end ? Api.Queues.Fault : null);

        await handling;
        Assert.Equal(2, Api.Queues.Bodies("appends").Count); // The received message, and the copy that waits for its retry.
    }

    private async Task OutageAsync(TimeSpan length)
    {
        DateTimeOffset end = Api.Time.GetUtcNow() + length;
        while (Api.Time.GetUtcNow() < end)
        {
            await _queue.PumpAsync();
            await _queue.PumpAsync("inbox");
            Api.Time.Advance(TimeSpan.FromSeconds(60));
        }
    }

    private async Task AdvanceAsync(Task handling, Action? eachSecond = null)
    {
        while (!handling.IsCompleted)
        {
            Api.Time.Advance(TimeSpan.FromSeconds(1));
            eachSecond?.Invoke();
            await Task.Yield();
        }
    }
}
