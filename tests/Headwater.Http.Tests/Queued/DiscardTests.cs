using System.Text.Json.Nodes;
using Headwater.Queues.Handling;
using Xunit;

namespace Headwater.Http.Tests.Queued;

/// <summary>Poisoned messages that are deleted for good.</summary>
public sealed class DiscardTests
{
    private readonly QueueApi _queue = new();

    private TestApi Api => _queue.Api;

    [Fact]
    public async Task A_discarded_message_is_neither_listed_nor_put_back()
    {
        await _queue.PutAsync("inbox", "no JSON");
        await _queue.DrainAsync();

        Reply discarded = await DiscardAsync(await OnlyRefAsync());

        Assert.Equal((204, ""), (discarded.Status, discarded.Text));
        Assert.Empty(await _queue.PoisonAsync());
        Assert.Empty(Api.Queues.Bodies("inbox-poison"));
        Assert.Equal(0, (int)(await Api.SendAsync("POST", "/appends/poison/redrive")).Json["redriven"]!);
    }

    [Fact]
    public async Task A_message_is_discarded_alone()
    {
        await _queue.PutAsync("inbox", "no JSON");
        await _queue.PutAsync("inbox", "nor this");
        await _queue.DrainAsync();
        string reference = (string)(await _queue.PoisonAsync()).Single(m => (string?)m!["excerpt"] == "nor this")!["ref"]!;

        await DiscardAsync(reference);

        Assert.Equal("no JSON", (string?)Assert.Single(await _queue.PoisonAsync())!["excerpt"]);
        Assert.Single(await Api.Queues.PeekAsync("inbox-poison", 32, TestApi.Cancellation));
    }

    [Fact]
    public async Task Equal_messages_of_one_second_have_one_ref_and_are_discarded_together()
    {
        await _queue.PutAsync("inbox", """["a","a"]""");
        await _queue.DrainAsync();

        await DiscardAsync(await OnlyRefAsync());

        Assert.Empty(await _queue.PoisonAsync());
        Assert.Empty(Api.Queues.Bodies("inbox-poison"));
    }

    [Fact]
    public async Task Equal_messages_of_one_second_are_put_back_together_and_named_once()
    {
        await _queue.PutAsync("inbox", """["a","a"]""");
        await _queue.DrainAsync();
        string reference = await OnlyRefAsync();

        Reply redriven = await Api.SendAsync("POST", $"/appends/poison/redrive?ref={reference}");

        Assert.Equal($$"""{"redriven":1,"refs":["{{reference}}"]}""", redriven.Text);
        Assert.Empty(Api.Queues.Bodies("inbox-poison"));
    }

    [Fact]
    public async Task A_message_that_the_host_gave_up_is_discarded()
    {
        await Api.Queues.SendAsync("inbox-poison", "x"u8.ToArray(), TimeSpan.Zero, TestApi.Cancellation);

        Reply discarded = await DiscardAsync(await OnlyRefAsync());

        Assert.Equal(204, discarded.Status);
        Assert.Empty(Api.Queues.Bodies("inbox-poison"));
    }

    [Theory]
    [InlineData("00000000000000000000000000000000")]
    [InlineData("redrive")]
    [InlineData("nonsense")]
    public async Task A_message_that_is_not_there_is_404(string reference)
    {
        await _queue.PutAsync("inbox", "no JSON");
        await _queue.DrainAsync();

        Reply reply = await DiscardAsync(reference);

        Assert.Equal((404, "append_not_found"), (reply.Status, reply.Code));
        Assert.Single(await _queue.PoisonAsync());
    }

    [Fact]
    public async Task Discarding_twice_is_404()
    {
        await _queue.PutAsync("inbox", "no JSON");
        await _queue.DrainAsync();
        string reference = await OnlyRefAsync();
        await DiscardAsync(reference);

        Assert.Equal(404, (await DiscardAsync(reference)).Status);
    }

    [Fact]
    public async Task The_status_of_a_discarded_batch_keeps_its_reason_and_expires_with_its_blob()
    {
        await Api.CreateAsync();
        await Api.SendAsync("POST", "/streams/s/producers/p");
        await Api.SendAsync("POST", "/streams/s/producers/p");
        await Api.PostAsync("/streams/s/events", """[{"value":1}]""", ("Producer-Id", "p"), ("Producer-Epoch", "2"), ("Producer-Sequence", "0"));
        string path = await _queue.AcceptedAsync(
            $$"""[{"value":"{{new string('y', 60_000)}}"}]""", ("Producer-Id", "p"), ("Producer-Epoch", "1"), ("Producer-Sequence", "0"));
        await _queue.DrainAsync();

        await DiscardAsync(await OnlyRefAsync());
        JsonNode kept = (await Api.GetAsync(path)).Json;
        Api.Time.Advance(QueuedOptions.Default.OutcomeAge + TimeSpan.FromDays(1));
        await Api.Queued.SweepAsync(TimeSpan.FromMinutes(1), TestApi.Cancellation);

        Assert.Equal(("poisoned", "stale_epoch"), ((string?)kept["status"], (string?)kept["code"]));
        Assert.Equal(404, (await Api.GetAsync(path)).Status);
        Assert.DoesNotContain(
            (await Api.Blobs.ListAsync("s/", null, 1_000, TestApi.Cancellation)).Items, i => i.Name.Contains("/appends/", StringComparison.Ordinal));
    }

    private async Task<string> OnlyRefAsync() => (string)Assert.Single(await _queue.PoisonAsync())!["ref"]!;

    private Task<Reply> DiscardAsync(string reference) => Api.SendAsync("DELETE", $"/appends/poison/{reference}");
}
