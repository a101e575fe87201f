using System.Globalization;
using System.Text.Json.Nodes;
using Headwater.Queues.Handling;
using Xunit;

namespace Headwater.Http.Tests.Queued;

/// <summary>Events of sequenced producers are stored exactly once and in order, although queues guarantee neither.</summary>
public sealed class SequenceTests
{
    private readonly QueueApi _queue = new();

    private TestApi Api => _queue.Api;

    [Fact]
    public async Task Batches_in_the_wrong_order_stand_in_the_log_in_the_right_one()
    {
        await StartAsync();
        foreach (int sequence in new[] { 3, 1, 4, 0, 2 })
        {
            await AcceptedAsync(sequence);
        }

        await _queue.DrainAsync();

        Assert.Equal([0, 1, 2, 3, 4], await _queue.ValuesAsync());
        Assert.Empty(await _queue.PoisonAsync());
    }

    [Fact]
    public async Task A_batch_that_is_early_waits_and_its_message_is_completed()
    {
        await StartAsync();
        string path = await AcceptedAsync(1);

        await _queue.PumpAsync();

        Assert.Contains("\"attempts\":1", Text(Assert.Single(Api.Queues.Bodies("appends"))), StringComparison.Ordinal);
        Assert.Equal("queued", (string?)(await Api.GetAsync(path)).Json["status"]);
        Assert.Empty(await Api.EventsAsync());
    }

    [Fact]
    public async Task A_batch_delivered_again_is_dropped_as_a_success()
    {
        await StartAsync();
        string path = await AcceptedAsync(0);
        await _queue.PumpAsync(keep: true);
        Api.Time.Advance(TimeSpan.FromSeconds(11));

        await _queue.PumpAsync();

        Assert.Equal("appended", (string?)(await Api.GetAsync(path)).Json["status"]);
        Assert.Equal([0], await _queue.ValuesAsync());
    }

    [Fact]
    public async Task A_sequence_queued_with_other_events_than_stored_is_poisoned()
    {
        await StartAsync();
        await PostDirectlyAsync(7);
        string path = await AcceptedAsync(0);

        await _queue.DrainAsync();

        Assert.Equal(("poisoned", "sequence_reused"), ((string?)(await Api.GetAsync(path)).Json["status"], (string?)(await Api.GetAsync(path)).Json["code"]));
        Assert.Equal([7], await _queue.ValuesAsync());
    }

    [Fact]
    public async Task A_sequence_queued_with_the_events_that_are_stored_is_appended()
    {
        await StartAsync();
        await PostDirectlyAsync(0);
        string path = await AcceptedAsync(0);

        await _queue.DrainAsync();

        Assert.Equal("appended", (string?)(await Api.GetAsync(path)).Json["status"]);
        Assert.Equal([0], await _queue.ValuesAsync());
    }

    [Fact]
    public async Task A_batch_far_ahead_waits_longer_than_the_next()
    {
        await StartAsync();
        await AcceptedAsync(1);
        await _queue.PumpAsync();
        TimeSpan near = Api.Queues.LongestDelay("appends");

        await AcceptedAsync(400);
        await _queue.PumpAsync();

        Assert.True(Api.Queues.LongestDelay("appends") > near, $"{Api.Queues.LongestDelay("appends")} after {near}");
    }

    [Fact]
    public async Task A_gap_that_never_closes_is_given_up_after_the_stated_time()
    {
        await StartAsync();
        string path = await AcceptedAsync(1);

        await _queue.DrainAsync(QueuedOptions.Default.GapTimeout * 0.9);
        Assert.Equal("queued", (string?)(await Api.GetAsync(path)).Json["status"]);
        await _queue.DrainAsync(QueuedOptions.Default.GapTimeout * 0.3);

        JsonNode status = (await Api.GetAsync(path)).Json;
        Assert.Equal(("poisoned", "sequence_gap"), ((string?)status["status"], (string?)status["code"]));
        Assert.Contains("waited PT1H", (string?)status["reason"], StringComparison.Ordinal);
        Assert.Empty(await Api.EventsAsync());
    }

    [Fact]
    public async Task A_gap_that_closes_bit_by_bit_is_not_given_up_however_long_it_takes()
    {
        await StartAsync();
        await AcceptedAsync(4);

        foreach (int sequence in new[] { 0, 1, 2, 3 })
        {
            await _queue.DrainAsync(QueuedOptions.Default.GapTimeout * 0.4);
            await AcceptedAsync(sequence);
        }

        await _queue.DrainAsync();

        Assert.Empty(await _queue.PoisonAsync());
        Assert.Equal([0, 1, 2, 3, 4], await _queue.ValuesAsync());
    }

    [Fact]
    public async Task Time_in_which_storage_fails_does_not_count_towards_a_gap()
    {
        FaultyBlobs? blobs = null;
        QueueApi queue = new(wrap: inner => blobs = new FaultyBlobs(inner));
        await StartAsync(queue);
        string path = await AcceptedAsync(1, queue);
        await queue.PumpAsync();
        blobs!.ReadsFail = true;

        await OutageAsync(queue, TimeSpan.FromHours(3));
        blobs.ReadsFail = false;
        await queue.DrainAsync(TimeSpan.FromMinutes(10));

        Assert.Equal("queued", (string?)(await queue.Api.GetAsync(path)).Json["status"]);
        await AcceptedAsync(0, queue);
        await queue.DrainAsync();
        Assert.Equal([0, 1], await queue.ValuesAsync());
    }

    [Fact]
    public async Task A_batch_given_up_for_a_gap_is_appended_once_the_gap_is_closed()
    {
        await StartAsync();
        await AcceptedAsync(1);
        await _queue.DrainAsync();
        await AcceptedAsync(0);

        await Api.SendAsync("POST", "/appends/poison/redrive");
        await _queue.DrainAsync();

        Assert.Equal([0, 1], await _queue.ValuesAsync());
        Assert.Empty(await _queue.PoisonAsync());
    }

    [Fact]
    public async Task An_instance_that_was_replaced_is_given_up_with_the_reason()
    {
        await StartAsync();
        string path = await AcceptedAsync(0);
        await Api.SendAsync("POST", "/streams/s/producers/p");
        await Api.PostAsync("/streams/s/events", """[{"value":9}]""", ("Producer-Id", "p"), ("Producer-Epoch", "2"), ("Producer-Sequence", "0"));

        await _queue.DrainAsync();

        Assert.Equal("stale_epoch", (string?)(await Api.GetAsync(path)).Json["code"]);
        Assert.Equal([9], await _queue.ValuesAsync());
    }

    [Fact]
    public async Task A_copy_that_comes_after_its_producer_was_replaced_is_a_repeat_of_what_was_appended()
    {
        await StartAsync();
        string path = await AcceptedAsync(0);
        await _queue.PumpAsync(keep: true);
        await Api.SendAsync("POST", "/streams/s/producers/p");
        await Api.PostAsync("/streams/s/events", """[{"value":9}]""", ("Producer-Id", "p"), ("Producer-Epoch", "2"), ("Producer-Sequence", "0"));
        Api.Time.Advance(TimeSpan.FromSeconds(11));

        await _queue.PumpAsync();

        Assert.Equal("appended", (string?)(await Api.GetAsync(path)).Json["status"]);
        Assert.Empty(await _queue.PoisonAsync());
        Assert.Equal([0, 9], await _queue.ValuesAsync());
    }

    [Theory]
    [InlineData("p", 409, "producer_not_started")]
    [InlineData("no name", 400, "invalid_name")]
    public async Task A_producer_that_was_never_started_is_refused_at_once(string producer, int status, string code)
    {
        await Api.CreateAsync();

        Reply reply = await _queue.PostAsync("""[{"value":1}]""", ("Producer-Id", producer), ("Producer-Epoch", "1"), ("Producer-Sequence", "0"));

        Assert.Equal((status, code), (reply.Status, reply.Code));
        Assert.Empty(Api.Queues.Bodies("appends"));
    }

    [Fact]
    public async Task An_epoch_that_was_never_issued_is_given_up()
    {
        await Api.CreateAsync("""{"inbox":true}""");
        await _queue.PutAsync("inbox", QueueApi.Envelope("1", "s", """[{"value":1}]""", ""","producer":"p","epoch":1,"sequence":0"""));

        await _queue.DrainAsync();

        Assert.Equal(["producer_not_started"], await _queue.PoisonCodesAsync());
        Assert.Empty(await Api.EventsAsync());
    }

    [Fact]
    public async Task A_producer_of_the_inbox_is_kept_in_order_too()
    {
        await Api.CreateAsync("""{"inbox":true}""");
        await Api.SendAsync("POST", "/streams/s/producers/p");
        foreach (int sequence in new[] { 2, 0, 1, 2 })
        {
            await _queue.PutAsync(
                "inbox", QueueApi.Envelope($"{sequence}", "s", $$"""[{"value":{{sequence}}}]""", $$""","producer":"p","epoch":1,"sequence":{{sequence}}"""));
        }

        await _queue.DrainAsync();

        Assert.Equal([0, 1, 2], await _queue.ValuesAsync());
        Assert.Empty(await _queue.PoisonAsync());
    }

    [Fact]
    public async Task Batches_handled_together_take_turns_without_going_back_on_the_queue()
    {
        QueueApi queue = new(QueuedOptions.Default with { PredecessorTimeout = TimeSpan.FromSeconds(30) });
        await StartAsync(queue);
        foreach (int sequence in new[] { 2, 1, 0 })
        {
            await AcceptedAsync(sequence, queue);
        }

        var page = await queue.Api.Queues.ReceiveAsync("appends", 32, TimeSpan.FromSeconds(10), TestApi.Cancellation);

        await Task.WhenAll(page.Select(m => queue.Api.Queued.HandleAsync("appends", m.Body, m.Enqueued, 1, TestApi.Cancellation)));

        Assert.Equal([0, 1, 2], await queue.ValuesAsync());
        Assert.Equal(3, queue.Api.Queues.Bodies("appends").Count); // No new messages: only the received ones.
    }

    private static string Text(ReadOnlyMemory<byte> body) => System.Text.Encoding.UTF8.GetString(body.Span);

    private static async Task OutageAsync(QueueApi queue, TimeSpan length)
    {
        DateTimeOffset end = queue.Api.Time.GetUtcNow() + length;
        while (queue.Api.Time.GetUtcNow() < end)
        {
            await queue.PumpAsync();
            queue.Api.Time.Advance(TimeSpan.FromSeconds(30));
        }
    }

    private Task StartAsync() => StartAsync(_queue);

    private async Task PostDirectlyAsync(int value) =>
        Assert.Equal(
            200,
            (await Api.PostAsync(
                "/streams/s/events", $$"""[{"value":{{value}}}]""", ("Producer-Id", "p"), ("Producer-Epoch", "1"), ("Producer-Sequence", "0"))).Status);

    private static async Task StartAsync(QueueApi queue)
    {
        await queue.Api.CreateAsync();
        Assert.Equal(200, (await queue.Api.SendAsync("POST", "/streams/s/producers/p")).Status);
    }

    private Task<string> AcceptedAsync(int sequence) => AcceptedAsync(sequence, _queue);

    private static Task<string> AcceptedAsync(int sequence, QueueApi queue) => queue.AcceptedAsync(
        $$"""[{"value":{{sequence}}}]""", ("Producer-Id", "p"), ("Producer-Epoch", "1"),
        ("Producer-Sequence", sequence.ToString(CultureInfo.InvariantCulture)));
}
