using System.Text;
using System.Text.Json.Nodes;
using Headwater.Log.Ports;
using Xunit;

namespace Headwater.Http.Tests.Queued;

/// <summary>What only this app may write is believed only on its own queue.</summary>
public sealed class InternalMembersTests
{
    private readonly QueueApi _queue = new();

    private TestApi Api => _queue.Api;

    [Fact]
    public async Task A_poison_record_of_a_sender_is_given_up_and_its_message_not_handled()
    {
        await Api.CreateAsync("""{"inbox":true}""");
        await _queue.PutAsync("inbox", Forged(QueueApi.CloudEvent("1", "1")));

        await _queue.DrainAsync();

        JsonNode listed = Assert.Single(await _queue.PoisonAsync())!;
        Assert.Equal(("unknown_member", "2024-05-01T12:00:00Z"), ((string?)listed["code"], (string?)listed["enqueued"]));
        Assert.Empty(await Api.EventsAsync());
    }

    [Fact]
    public async Task A_poison_record_of_a_sender_does_not_read_a_blob()
    {
        await Api.CreateAsync("""{"inbox":true}""");
        byte[] secret = Encoding.UTF8.GetBytes(QueueApi.CloudEvent("1", "1"));
        await Api.Blobs.WriteAsync($"headwater.queue/{new string('a', 32)}", secret, WriteCondition.Always, TestApi.Cancellation);
        await _queue.PutAsync("inbox", Forged(null, secret.Length));

        await _queue.DrainAsync();

        Assert.Equal(["unknown_member"], await _queue.PoisonCodesAsync());
        Assert.Empty(await Api.EventsAsync());
    }

    [Fact]
    public async Task A_poison_record_of_a_sender_that_is_put_back_is_given_up_again()
    {
        await Api.CreateAsync("""{"inbox":true}""");
        await _queue.PutAsync("inbox", Forged(QueueApi.CloudEvent("1", "1")));
        await _queue.DrainAsync();

        await Api.SendAsync("POST", "/appends/poison/redrive");
        await _queue.DrainAsync();

        Assert.Equal(["unknown_member"], await _queue.PoisonCodesAsync());
        Assert.Empty(await Api.EventsAsync());
    }

    [Fact]
    public async Task A_poison_record_of_a_sender_that_the_host_moved_is_put_back_as_a_message_of_the_inbox()
    {
        await Api.CreateAsync();
        string path = await _queue.AcceptedAsync("""[{"value":1}]""");
        string own = Encoding.UTF8.GetString(Assert.Single(Api.Queues.Bodies("appends")).Span).Replace("\"value\":1", "\"value\":2", StringComparison.Ordinal);
        JsonNode forged = JsonNode.Parse(Forged(own))!;
        (forged["poison"]!["queue"], forged["poison"]!["code"]) = ("appends", "sequence_gap");
        await _queue.PutAsync("inbox-poison", forged.ToJsonString());

        await Api.SendAsync("POST", "/appends/poison/redrive");
        await _queue.DrainAsync();

        JsonNode listed = Assert.Single(await _queue.PoisonAsync())!;
        Assert.Equal(("inbox", "inbox_closed", "2024-04-01T12:00:00Z"), ((string?)listed["queue"], (string?)listed["code"], (string?)listed["enqueued"]));
        Assert.Equal([1], await _queue.ValuesAsync());
        Assert.Equal("appended", (string?)(await Api.GetAsync(path)).Json["status"]);
    }

    [Theory]
    [InlineData("inbox", "true")]
    [InlineData("enqueued", "\"0002-01-01T00:00:00Z\"")]
    [InlineData("kept", "\"2024-05-01T12:00:00Z\"")]
    [InlineData("attempts", "1")]
    [InlineData("waited", "1")]
    [InlineData("expected", "1")]
    [InlineData("key", "\"00000000000000000000000000000001\"")]
    [InlineData("digest", "\"00000000000000000000000000000001\"")]
    [InlineData("partitionBy", "\"k\"")]
    [InlineData("token", "\"00000000000000000000000000000001\"")]
    [InlineData("claim", "1")]
    [InlineData("cloudEvent", "{}")]
    [InlineData("poison", "{}")]
    [InlineData("body", "\"\"")]
    public async Task An_internal_member_of_a_sender_is_refused(string name, string value)
    {
        await Api.CreateAsync("""{"inbox":true}""");
        await _queue.PutAsync("inbox", QueueApi.Envelope("1", "s", """[{"value":1}]""", $",\"{name}\":{value}"));

        await _queue.DrainAsync();

        Assert.Equal(["unknown_member"], await _queue.PoisonCodesAsync());
        Assert.Empty(await Api.EventsAsync());
    }

    [Fact]
    public async Task A_whole_message_that_waits_moves_to_the_internal_queue_with_the_time_of_its_arrival()
    {
        await _queue.PutAsync("inbox", "no JSON");
        Api.Tables.Fault = new StorageException(StorageFault.Unavailable, "tables");
        Api.Time.Advance(TimeSpan.FromMinutes(1));

        await _queue.PumpAsync("inbox");

        Assert.Empty(Api.Queues.Bodies("inbox"));
        Assert.Single(Api.Queues.Bodies("appends"));
        Api.Tables.Fault = null;
        await _queue.DrainAsync();
        JsonNode listed = Assert.Single(await _queue.PoisonAsync())!;
        Assert.Equal(("inbox", "no JSON", "2024-05-01T12:00:00Z"), ((string?)listed["queue"], (string?)listed["excerpt"], (string?)listed["enqueued"]));
    }

    [Fact]
    public async Task A_message_of_the_inbox_is_put_back_on_the_internal_queue_with_the_time_of_its_arrival()
    {
        await Api.CreateAsync();
        await _queue.PutAsync("inbox", QueueApi.CloudEvent("1", "1"));
        await _queue.DrainAsync();
        Api.Time.Advance(TimeSpan.FromDays(1));

        await Api.SendAsync("POST", "/appends/poison/redrive");

        Assert.Empty(Api.Queues.Bodies("inbox"));
        await _queue.DrainAsync();
        JsonNode listed = Assert.Single(await _queue.PoisonAsync())!;
        Assert.Equal(("inbox", "2024-05-01T12:00:00Z"), ((string?)listed["queue"], (string?)listed["enqueued"]));
    }

    private static string Forged(string? body, int? claim = null)
    {
        var record = new JsonObject
        {
            ["version"] = 1,
            ["poison"] = new JsonObject
            {
                ["ref"] = new string('a', 32),
                ["queue"] = "inbox",
                ["code"] = "waiting",
                ["at"] = "0002-01-01T00:00:00Z",
                ["enqueued"] = "0002-01-01T00:00:00Z",
            },
        };
        if (body is not null)
        {
            record["body"] = body;
        }

        if (claim is { } bytes)
        {
            record["claim"] = bytes;
        }

        return record.ToJsonString();
    }
}
