using System.Text.Json.Nodes;
using Headwater.Log.Ports;
using Headwater.Queues.Handling;
using Xunit;

namespace Headwater.Http.Tests.Queued;

/// <summary>Messages whose process ends at every attempt: the host moves them to the poison queue, and no code of this app runs.</summary>
public sealed class LastAttemptTests
{
    private static readonly int Last = QueuedOptions.Default.MaxDequeueCount;

    private readonly FaultyBlobs _blobs;
    private readonly QueueApi _queue;

    public LastAttemptTests()
    {
        FaultyBlobs? faulty = null;
        _queue = new QueueApi(wrap: inner => faulty = new FaultyBlobs(inner));
        _blobs = faulty!;
    }

    private TestApi Api => _queue.Api;

    [Fact]
    public async Task The_status_of_a_batch_that_the_host_gave_up_is_poisoned()
    {
        await Api.CreateAsync();
        string path = await _queue.AcceptedAsync("""[{"value":1}]""");

        await GivenUpByHostAsync("appends");

        Assert.Equal(("poisoned", "runtime"), await StatusAsync(path));
    }

    [Theory]
    [InlineData("appends")]
    [InlineData("inbox")]
    public async Task A_message_that_the_host_gave_up_is_listed_once_with_the_time_of_its_arrival(string queue)
    {
        await PutAsync(queue);
        Api.Time.Advance(TimeSpan.FromMinutes(10));

        await GivenUpByHostAsync(queue);

        JsonNode listed = Assert.Single(await _queue.PoisonAsync())!;
        Assert.Equal(
            (queue, "s", "runtime", "2024-05-01T12:00:00Z", "2024-05-01T12:10:00Z"),
            ((string?)listed["queue"], (string?)listed["stream"], (string?)listed["code"], (string?)listed["enqueued"], (string?)listed["at"]));
    }

    [Theory]
    [InlineData("appends")]
    [InlineData("inbox")]
    public async Task A_message_that_the_host_gave_up_is_put_back_by_its_ref(string queue)
    {
        await PutAsync(queue);
        await GivenUpByHostAsync(queue);
        string? reference = (string?)Assert.Single(await _queue.PoisonAsync())!["ref"];

        Reply redriven = await Api.SendAsync("POST", $"/appends/poison/redrive?ref={reference}");
        await _queue.DrainAsync();

        Assert.Equal(1, (int)redriven.Json["redriven"]!);
        Assert.Equal([1], await _queue.ValuesAsync());
        Assert.Empty(await _queue.PoisonAsync());
    }

    [Fact]
    public async Task A_batch_that_the_host_gave_up_and_that_is_put_back_is_queued_and_then_appended()
    {
        await Api.CreateAsync();
        string path = await _queue.AcceptedAsync("""[{"value":1}]""");
        await GivenUpByHostAsync("appends");

        await Api.SendAsync("POST", "/appends/poison/redrive");
        (string?, string?) before = await StatusAsync(path);
        await _queue.DrainAsync();

        Assert.Equal((("queued", null), ("appended", null)), (before, await StatusAsync(path)));
    }

    [Theory]
    [InlineData("appends")]
    [InlineData("inbox")]
    public async Task A_message_that_the_host_gave_up_before_it_reached_this_app_is_not_listed_too_early(string queue)
    {
        await PutAsync(queue);
        Api.Time.Advance(TimeSpan.FromMinutes(10));

        await MovedByHostAsync(queue);

        DateTimeOffset enqueued = (DateTimeOffset)Assert.Single(await _queue.PoisonAsync())!["enqueued"]!;
        Assert.InRange(enqueued, new DateTimeOffset(2024, 5, 1, 12, 0, 0, TimeSpan.Zero), Api.Time.GetUtcNow());
    }

    [Fact]
    public async Task A_last_attempt_that_succeeds_leaves_nothing_listed()
    {
        await Api.CreateAsync();
        string path = await _queue.AcceptedAsync("""[{"value":1}]""");

        await AttemptAsync("appends", TestApi.Cancellation);

        Assert.Equal(("appended", null), await StatusAsync(path));
        Assert.Empty(await _queue.PoisonAsync());
    }

    [Fact]
    public async Task A_last_attempt_that_waits_leaves_the_batch_queued()
    {
        await Api.CreateAsync();
        string path = await _queue.AcceptedAsync("""[{"value":1}]""");
        _blobs.AppendsFailAt = "/";

        await AttemptAsync("appends", TestApi.Cancellation);

        Assert.Equal(("queued", null), await StatusAsync(path));
        Assert.Empty(await _queue.PoisonAsync());
    }

    [Fact]
    public async Task An_entry_that_could_not_be_taken_back_after_the_last_attempt_can_be_discarded()
    {
        await PutAsync("inbox");
        _blobs.Appending = () => (Api.Tables.Fault, Api.Tables.FaultsLeft) = (new StorageException(StorageFault.Unavailable, "tables"), 1);
        await AttemptAsync("inbox", TestApi.Cancellation);
        Assert.Equal([1], await _queue.ValuesAsync());
        string? reference = (string?)Assert.Single(await _queue.PoisonAsync())!["ref"];

        Reply discarded = await Api.SendAsync("DELETE", $"/appends/poison/{reference}");

        Assert.Equal(204, discarded.Status);
        Assert.Empty(await _queue.PoisonAsync());
    }

    [Fact]
    public async Task A_last_attempt_that_gives_the_message_up_lists_it_once_with_its_own_reason()
    {
        await _queue.PutAsync("inbox", "no JSON");

        await AttemptAsync("inbox", TestApi.Cancellation);

        Assert.Equal(["malformed_body"], await _queue.PoisonCodesAsync());
    }

    [Fact]
    public async Task The_status_of_a_batch_whose_envelope_cannot_be_read_is_poisoned()
    {
        await Api.CreateAsync();
        string path = await _queue.AcceptedAsync("""[{"value":1}]""");
        JsonNode envelope = JsonNode.Parse(Assert.Single(Api.Queues.Bodies("appends")).Span)!;
        envelope["unheard"] = 1;
        await _queue.PutAsync("appends", envelope.ToJsonString());
        QueuedMessage first = (await Api.Queues.ReceiveAsync("appends", 1, TimeSpan.FromSeconds(1), TestApi.Cancellation))[0];
        await Api.Queues.DeleteAsync("appends", first.Receipt, TestApi.Cancellation);

        await _queue.DrainAsync();

        Assert.Equal(("poisoned", "unknown_member"), await StatusAsync(path));
        Assert.Equal("s", (string?)Assert.Single(await _queue.PoisonAsync())!["stream"]);
    }

    [Fact]
    public async Task The_status_of_a_batch_whose_attempts_all_failed_is_poisoned()
    {
        await Api.CreateAsync();
        string path = await _queue.AcceptedAsync("""[{"value":1}]""");
        _blobs.Appending = () => throw new InvalidOperationException("a defect");

        await AttemptAsync("appends", TestApi.Cancellation);

        Assert.Equal(("poisoned", "internal"), await StatusAsync(path));
        Assert.Equal("s", (string?)Assert.Single(await _queue.PoisonAsync())!["stream"]);
    }

    private async Task PutAsync(string queue)
    {
        await Api.CreateAsync("""{"inbox":true}""");
        if (queue == "inbox")
        {
            await _queue.PutAsync("inbox", QueueApi.CloudEvent("1", "1"));
            return;
        }

        await _queue.AcceptedAsync("""[{"value":1}]""");
    }

    /// <summary>The process ends in the last attempt; then the host moves the message.</summary>
    private async Task GivenUpByHostAsync(string queue)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(TestApi.Cancellation);
        _blobs.Appending = () =>
        {
            end.Cancel();
            end.Token.ThrowIfCancellationRequested();
        };
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => AttemptAsync(queue, end.Token));
        _blobs.Appending = null;
        await MovedByHostAsync(queue);
    }

    private Task AttemptAsync(string queue, CancellationToken cancellation) =>
        Api.Queued.HandleAsync(queue, Api.Queues.Bodies(queue)[0], new DateTimeOffset(2024, 5, 1, 12, 0, 0, TimeSpan.Zero), Last, cancellation);

    private async Task MovedByHostAsync(string queue)
    {
        QueuedMessage message = Assert.Single(await Api.Queues.ReceiveAsync(queue, 1, TimeSpan.FromSeconds(10), TestApi.Cancellation));
        await Api.Queues.SendAsync(queue + "-poison", message.Body, TimeSpan.Zero, TestApi.Cancellation);
        await Api.Queues.DeleteAsync(queue, message.Receipt, TestApi.Cancellation);
    }

    private async Task<(string? Status, string? Code)> StatusAsync(string path)
    {
        JsonNode status = (await Api.GetAsync(path)).Json;
        return ((string?)status["status"], (string?)status["code"]);
    }
}
