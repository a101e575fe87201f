using System.Text;
using System.Text.Json.Nodes;
using Headwater.Log.Ports;
using Xunit;

namespace Headwater.Http.Tests.Queued;

public sealed class PoisonTests
{
    private readonly QueueApi _queue = new();

    private TestApi Api => _queue.Api;

    [Fact]
    public async Task A_stream_that_was_deleted_takes_nothing_any_more()
    {
        await Api.CreateAsync();
        string path = await _queue.AcceptedAsync("""[{"value":1}]""");
        await Api.SendAsync("DELETE", "/streams/s");

        await _queue.DrainAsync();

        Assert.Equal(("poisoned", "stream_not_found"), ((string?)(await Api.GetAsync(path)).Json["status"], (string?)(await Api.GetAsync(path)).Json["code"]));
    }

    [Fact]
    public async Task A_stream_created_anew_takes_nothing_of_the_old_one()
    {
        await Api.CreateAsync();
        string path = await _queue.AcceptedAsync("""[{"value":1}]""");
        await Api.SendAsync("DELETE", "/streams/s");
        await Api.CreateAsync();

        await _queue.DrainAsync();

        Assert.Equal("stream_not_found", (string?)(await Api.GetAsync(path)).Json["code"]);
        Assert.Empty(await Api.EventsAsync());
    }

    [Fact]
    public async Task A_message_is_listed_with_its_reason_and_kept_whole()
    {
        await Api.CreateAsync();
        string text = QueueApi.CloudEvent("1", "1");
        await _queue.PutAsync("inbox", text);

        await _queue.DrainAsync();

        JsonNode listed = Assert.Single(await _queue.PoisonAsync())!;
        JsonNode kept = JsonNode.Parse(Assert.Single(Api.Queues.Bodies("inbox-poison")).Span)!;
        Assert.Equal(
            ("inbox", "inbox_closed", "s", text), ((string?)listed["queue"], (string?)listed["code"], (string?)listed["stream"], (string?)kept["body"]));
        Assert.Equal((string?)listed["reason"], (string?)kept["poison"]!["reason"]);
    }

    [Fact]
    public async Task Once_the_cause_is_mended_it_is_put_back_and_appended_once()
    {
        await Api.CreateAsync();
        await _queue.PutAsync("inbox", QueueApi.CloudEvent("1", "1"));
        await _queue.DrainAsync();
        await Api.SendAsync("PATCH", "/streams/s", """{"inbox":true}""", ("Content-Type", "application/json"));

        Reply redriven = await Api.SendAsync("POST", "/appends/poison/redrive");
        await _queue.DrainAsync();

        Assert.Equal((200, 1), (redriven.Status, (int)redriven.Json["redriven"]!));
        Assert.Equal([1], await _queue.ValuesAsync());
        Assert.Empty(await _queue.PoisonAsync());
        Assert.Empty(Api.Queues.Bodies("inbox-poison"));
    }

    [Fact]
    public async Task Put_back_before_the_cause_is_mended_it_is_given_up_again_as_the_same_message()
    {
        await Api.CreateAsync();
        await _queue.PutAsync("inbox", QueueApi.CloudEvent("1", "1"));
        await _queue.DrainAsync();
        string? first = (string?)(await _queue.PoisonAsync())[0]!["ref"];

        await Api.SendAsync("POST", "/appends/poison/redrive");
        await _queue.DrainAsync();

        Assert.Equal(first, (string?)Assert.Single(await _queue.PoisonAsync())!["ref"]);
    }

    [Fact]
    public async Task Given_up_again_before_putting_it_back_has_ended_it_is_still_listed()
    {
        await Api.CreateAsync();
        await _queue.PutAsync("inbox", QueueApi.CloudEvent("1", "1"));
        await _queue.DrainAsync();
        Api.Queues.Sent = queue => queue == "appends" ? _queue.PumpAsync() : Task.CompletedTask;

        await Api.SendAsync("POST", "/appends/poison/redrive?limit=1");

        Assert.Equal(["inbox_closed"], await _queue.PoisonCodesAsync());
        Assert.Single(Api.Queues.Bodies("inbox-poison"));
    }

    [Fact]
    public async Task A_batch_of_the_inbox_put_back_has_no_status()
    {
        await Api.CreateAsync("""{"inbox":true}""");
        await Api.SendAsync("POST", "/streams/s/producers/p");
        await _queue.PutAsync("inbox", QueueApi.Envelope("1", "s", """[{"value":1}]""", ""","producer":"p","epoch":1,"sequence":1"""));
        await _queue.DrainAsync();
        string id = (string)Assert.Single(await _queue.PoisonAsync())!["id"]!;

        await Api.SendAsync("POST", "/appends/poison/redrive");

        Assert.Equal(404, (await Api.GetAsync($"/appends/{id}")).Status);
    }

    [Fact]
    public async Task A_search_for_one_message_among_many_ends()
    {
        await Api.CreateAsync();
        for (int i = 0; i < 100; i++)
        {
            await Api.Queues.SendAsync("inbox-poison", Encoding.UTF8.GetBytes($"{i}"), TimeSpan.Zero, TestApi.Cancellation);
        }

        int pages = 0;
        Api.Queues.Receiving = _ =>
        {
            Assert.True(++pages < 100, "It goes round in circles.");
            Api.Time.Advance(TimeSpan.FromSeconds(30)); // The first messages become visible again before the last page is received.
        };

        Reply reply = await Api.SendAsync("POST", $"/appends/poison/redrive?ref={new string('0', 32)}");

        Assert.Equal((200, 0), (reply.Status, (int)reply.Json["redriven"]!));
    }

    [Fact]
    public async Task One_message_can_be_put_back_alone()
    {
        await Api.CreateAsync();
        await _queue.PutAsync("inbox", QueueApi.CloudEvent("1", "1"));
        await _queue.PutAsync("inbox", QueueApi.CloudEvent("2", "2"));
        await _queue.DrainAsync();
        await Api.SendAsync("PATCH", "/streams/s", """{"inbox":true}""", ("Content-Type", "application/json"));
        JsonNode second = (await _queue.PoisonAsync()).Single(m => ((string?)m!["excerpt"])!.Contains("\"id\":\"2\"", StringComparison.Ordinal))!;

        await Api.SendAsync("POST", $"/appends/poison/redrive?ref={(string?)second["ref"]}");
        await _queue.DrainAsync();

        Assert.Equal([2], await _queue.ValuesAsync());
        Assert.Single(await Api.Queues.PeekAsync("inbox-poison", 32, TestApi.Cancellation));
    }

    [Fact]
    public async Task What_the_runtime_gave_up_is_listed_and_put_back_too()
    {
        await Api.CreateAsync();
        string path = await _queue.AcceptedAsync("""[{"value":1}]""");
        QueuedMessage message = Assert.Single(await Api.Queues.ReceiveAsync("appends", 1, TimeSpan.FromSeconds(10), TestApi.Cancellation));
        await Api.Queues.SendAsync("appends-poison", message.Body, TimeSpan.Zero, TestApi.Cancellation);
        await Api.Queues.DeleteAsync("appends", message.Receipt, TestApi.Cancellation);
        Assert.Equal(["runtime"], await _queue.PoisonCodesAsync());

        await Api.SendAsync("POST", "/appends/poison/redrive");
        await _queue.DrainAsync();

        Assert.Equal([1], await _queue.ValuesAsync());
        Assert.Equal("appended", (string?)(await Api.GetAsync(path)).Json["status"]);
        Assert.Empty(await _queue.PoisonAsync());
    }

    [Fact]
    public async Task A_message_too_large_to_carry_its_reason_is_kept_as_a_blob_and_put_back_whole()
    {
        await Api.CreateAsync();
        string text = QueueApi.CloudEvent("1", $"\"{new string('"', 0)}{string.Concat(Enumerable.Repeat("\\\"", 28_000))}\"");
        await _queue.PutAsync("inbox", text);
        await _queue.DrainAsync();
        Assert.Contains("\"claim\":", Encoding.UTF8.GetString(Assert.Single(Api.Queues.Bodies("inbox-poison")).Span), StringComparison.Ordinal);
        await Api.SendAsync("PATCH", "/streams/s", """{"inbox":true}""", ("Content-Type", "application/json"));

        await Api.SendAsync("POST", "/appends/poison/redrive");
        await _queue.DrainAsync();

        Assert.Equal(new string('"', 28_000), (string?)Assert.Single(await Api.EventsAsync())!["value"]);
    }

    [Fact]
    public async Task A_batch_whose_blob_is_gone_is_given_up()
    {
        await Api.CreateAsync();
        string path = await _queue.AcceptedAsync($$"""[{"value":"{{new string('x', 60_000)}}"}]""");
        BlobItem claim =
            (await Api.Blobs.ListAsync("s/", null, 100, TestApi.Cancellation)).Items.Single(i => i.Name.Contains("/appends/", StringComparison.Ordinal));
        await Api.Blobs.DeleteAsync(claim.Name, null, TestApi.Cancellation);

        await _queue.DrainAsync();

        Assert.Equal("append_not_found", (string?)(await Api.GetAsync(path)).Json["code"]);
        Assert.Empty(await Api.EventsAsync());
    }

    [Fact]
    public async Task A_failure_nobody_foresaw_counts_and_at_the_last_try_the_message_is_given_up_with_it()
    {
        await Api.CreateAsync();
        await _queue.AcceptedAsync("""[{"value":1}]""");
        Api.Tables.Fault = new StorageException(StorageFault.Rejected, "a defect");
        ReadOnlyMemory<byte> body = Api.Queues.Bodies("appends")[0];
        await Assert.ThrowsAsync<StorageException>(() => Api.Queued.HandleAsync("appends", body, Api.Time.GetUtcNow(), 4, TestApi.Cancellation));
        Assert.Empty(Api.Queues.Bodies("appends-poison"));
        Api.Tables.FaultsLeft = 2; // The record of the last attempt, and the attempt.

        await Api.Queued.HandleAsync("appends", body, Api.Time.GetUtcNow(), 5, TestApi.Cancellation);

        Api.Tables.Fault = null;
        JsonNode poisoned = Assert.Single(await _queue.PoisonAsync())!;
        Assert.Equal("internal", (string?)poisoned["code"]);
        Assert.Contains("a defect", (string?)poisoned["reason"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_message_that_is_poisoned_again_during_a_redrive_is_put_back_once()
    {
        await Api.CreateAsync();
        await _queue.PutAsync("inbox", QueueApi.CloudEvent("1", "1"));
        await _queue.DrainAsync();
        Api.Queues.Sent = queue => queue is "inbox" or "appends" ? _queue.PumpAsync(queue) : Task.CompletedTask;

        Reply redriven = await Api.SendAsync("POST", "/appends/poison/redrive?limit=100");

        Assert.Equal((200, 1), (redriven.Status, (int)redriven.Json["redriven"]!));
        Assert.Single(Api.Queues.Bodies("inbox-poison"));
        Assert.Equal(TimeSpan.Zero, Api.Queues.LongestDelay("inbox-poison"));
    }

    [Fact]
    public async Task The_list_pages()
    {
        await Api.CreateAsync();
        for (int i = 0; i < 5; i++)
        {
            await _queue.PutAsync("inbox", QueueApi.CloudEvent($"{i}", "1"));
        }

        await _queue.DrainAsync();

        List<string> refs = [];
        string? after = null;
        do
        {
            JsonNode page = (await Api.GetAsync($"/appends/poison?limit=2{(after is null ? "" : $"&after={after}")}")).Json;
            refs.AddRange(page["messages"]!.AsArray().Select(m => (string)m!["ref"]!));
            after = (string?)page["next"];
        }
        while (after is not null);

        Assert.Equal(5, refs.Distinct().Count());
        Assert.Equal(refs.Order(StringComparer.Ordinal), refs);
    }

    [Theory]
    [InlineData("/appends/poison/redrive?ref=nonsense")]
    [InlineData("/appends/poison/redrive?limit=0")]
    public async Task A_redrive_asked_wrongly_is_refused(string path)
    {
        Reply reply = await Api.SendAsync("POST", path);
        Assert.Equal((400, "invalid_parameter"), (reply.Status, reply.Code));
    }
}
