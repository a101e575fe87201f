using System.Text;
using System.Text.Json.Nodes;
using Headwater.Log.Ports;
using Xunit;

namespace Headwater.Http.Tests.Queued;

/// <summary>Content that is too large for a queue message, in blobs.</summary>
public sealed class ClaimTests
{
    private readonly FaultyBlobs _blobs;
    private readonly QueueApi _queue;

    public ClaimTests()
    {
        FaultyBlobs? faulty = null;
        _queue = new QueueApi(wrap: inner => faulty = new FaultyBlobs(inner));
        _blobs = faulty!;
    }

    private TestApi Api => _queue.Api;

    [Fact]
    public async Task Two_streams_messages_of_one_envelope_id_wait_and_each_is_appended_to_its_stream()
    {
        await Api.CreateAsync("""{"inbox":true}""");
        await Api.CreateAsync("""{"inbox":true}""", "t");
        _blobs.AppendsFailAt = ".avro";
        await _queue.PutAsync("inbox", Large("s", 'x'));
        await _queue.PutAsync("inbox", Large("t", 'y'));
        await _queue.PumpAsync("inbox");
        _blobs.AppendsFailAt = null;

        await _queue.DrainAsync();

        Assert.Empty(await _queue.PoisonAsync());
        Assert.Equal(Value('x'), (string?)Assert.Single(await Api.EventsAsync())!["value"]);
        Assert.Equal(Value('y'), (string?)Assert.Single(await Api.EventsAsync(stream: "t"))!["value"]);
    }

    [Fact]
    public async Task A_large_message_that_waits_often_is_one_blob()
    {
        await Api.CreateAsync("""{"inbox":true}""");
        await WaitAsync(Large("s", 'x'), times: 5);

        Assert.Single(await NamesAsync());
        _blobs.AppendsFailAt = null;
        await _queue.DrainAsync();
        Assert.Equal(Value('x'), (string?)Assert.Single(await Api.EventsAsync())!["value"]);
    }

    [Fact]
    public async Task A_late_copy_of_a_large_message_that_waited_on_is_a_repeat()
    {
        await Api.CreateAsync("""{"inbox":true}""");
        await WaitAsync(Large("s", 'x'), times: 1);
        byte[] copy = Assert.Single(Api.Queues.Bodies("appends")).ToArray();
        await WaitAsync(null, times: 12);
        _blobs.AppendsFailAt = null;
        await _queue.DrainAsync();

        await Api.Queued.HandleAsync("appends", copy, Api.Time.GetUtcNow(), 1, TestApi.Cancellation);

        Assert.Empty(await _queue.PoisonAsync());
        Assert.Single(await Api.EventsAsync());
    }

    [Fact]
    public async Task A_large_CloudEvent_that_waited_is_appended_once_whatever_its_copy_says_beside_source_and_id()
    {
        await Api.CreateAsync("""{"inbox":true}""");
        await WaitAsync(QueueApi.CloudEvent("1", $"\"{Value('x')}\""), times: 1);
        _blobs.AppendsFailAt = null;
        await _queue.DrainAsync();

        await _queue.PutAsync("inbox", QueueApi.CloudEvent("1", "2"));
        await _queue.DrainAsync();

        Assert.Empty(await _queue.PoisonAsync());
        Assert.Equal(Value('x'), (string?)Assert.Single(await Api.EventsAsync())!["value"]);
    }

    [Fact]
    public async Task A_large_message_that_waited_and_was_given_up_is_appended_when_it_is_put_back()
    {
        await Api.CreateAsync("""{"inbox":true}""");
        await WaitAsync(Large("s", 'x'), times: 1);
        _blobs.AppendsFailAt = null;
        await Api.SendAsync("PATCH", "/streams/s", """{"inbox":false}""", ("Content-Type", "application/json"));
        await _queue.DrainAsync();
        JsonNode listed = Assert.Single(await _queue.PoisonAsync())!;
        await AgeAsync();
        await Api.SendAsync("PATCH", "/streams/s", """{"inbox":true}""", ("Content-Type", "application/json"));

        await Api.SendAsync("POST", $"/appends/poison/redrive?ref={(string?)listed["ref"]}");
        await AgeAsync(TimeSpan.Zero);
        await _queue.DrainAsync();

        Assert.Equal("inbox_closed", (string?)listed["code"]);
        Assert.Equal(Value('x'), (string?)Assert.Single(await Api.EventsAsync())!["value"]);
    }

    [Fact]
    public async Task A_message_put_back_after_long_keeps_its_blob_until_it_is_handled()
    {
        await Api.CreateAsync();
        await _queue.PutAsync("inbox", QueueApi.CloudEvent("1", $"\"{string.Concat(Enumerable.Repeat("\\\"", 28_000))}\""));
        await _queue.DrainAsync();
        Assert.Single(await NamesAsync());
        await AgeAsync();
        await Api.SendAsync("PATCH", "/streams/s", """{"inbox":true}""", ("Content-Type", "application/json"));

        await Api.SendAsync("POST", "/appends/poison/redrive");
        await AgeAsync(TimeSpan.Zero);
        await _queue.DrainAsync();

        Assert.Empty(await _queue.PoisonAsync());
        Assert.Single(await Api.EventsAsync());
    }

    [Fact]
    public async Task A_blob_named_by_the_ref_of_its_record_is_read()
    {
        await Api.CreateAsync("""{"inbox":true}""");
        string reference = new('a', 32);
        byte[] body = Encoding.UTF8.GetBytes($$"""{"version":1,"id":"65a1b2c3000000000000000000000001","stream":"s","inbox":true,"events":[{"value":1}]}""");
        await Api.Blobs.WriteAsync($"headwater.queue/{reference}", body, WriteCondition.Always, TestApi.Cancellation);
        string poison = $$"""{"ref":"{{reference}}","queue":"appends","code":"waiting","at":"2024-05-01T12:00:00Z","enqueued":"2024-05-01T12:00:00Z"}""";
        await _queue.PutAsync("appends", $$"""{"version":1,"poison":{{poison}},"claim":{{body.Length}}}""");

        await _queue.DrainAsync();

        Assert.Equal([1], await _queue.ValuesAsync());
    }

    [Theory]
    [InlineData(60_000)]
    [InlineData(1_000_000)]
    public async Task A_blob_whose_answer_was_lost_is_found_written(int size)
    {
        await Api.CreateAsync();
        _blobs.WriteAnswersAreLost = "/appends/";

        await _queue.AcceptedAsync($$"""[{"value":"{{new string('x', size)}}"}]""");

        await _queue.DrainAsync();
        Assert.Single(await Api.EventsAsync());
    }

    [Fact]
    public async Task A_blob_is_never_written_over_another()
    {
        await Api.CreateAsync();
        _blobs.WritesMeet = "/appends/";

        Reply reply = await _queue.PostAsync($$"""[{"value":"{{new string('x', 60_000)}}"}]""");

        Assert.Equal(500, reply.Status);
        Assert.Empty(Api.Queues.Bodies("appends"));
    }

    [Fact]
    public async Task A_large_message_waits_on_its_queue_while_blobs_cannot_be_written()
    {
        await Api.CreateAsync("""{"inbox":true}""");
        await _queue.PutAsync("inbox", Large("s", 'x'));
        _blobs.AppendsFailAt = ".avro";
        _blobs.WritesFail = true;
        for (int i = 0; i < 20; i++)
        {
            await _queue.PumpAsync("inbox");
            Api.Time.Advance(TimeSpan.FromMinutes(1));
        }

        (_blobs.WritesFail, _blobs.AppendsFailAt) = (false, null);
        await _queue.DrainAsync();

        Assert.Empty(await _queue.PoisonAsync());
        Assert.Equal(Value('x'), (string?)Assert.Single(await Api.EventsAsync())!["value"]);
    }

    private static string Value(char letter) => new(letter, QueueText.MaxBytes - 100);

    private static string Large(string stream, char letter) => QueueApi.Envelope("1", stream, $$"""[{"value":"{{Value(letter)}}"}]""");

    private async Task WaitAsync(string? text, int times)
    {
        if (text is not null)
        {
            await _queue.PutAsync("inbox", text);
        }

        _blobs.AppendsFailAt = ".avro";
        await _queue.PumpAsync("inbox");
        for (int i = 1; i < times; i++)
        {
            Api.Time.Advance(TimeSpan.FromMinutes(6));
            await _queue.PumpAsync();
        }
    }

    /// <summary>Lets time pass and runs the sweep, as its timer does.</summary>
    private async Task AgeAsync(TimeSpan? age = null)
    {
        Api.Time.Advance(age ?? TimeSpan.FromDays(60));
        await Api.Queued.SweepAsync(TimeSpan.FromMinutes(1), TestApi.Cancellation);
    }

    private async Task<IReadOnlyList<string>> NamesAsync() =>
        [.. (await Api.Blobs.ListAsync("headwater.queue/", null, 100, TestApi.Cancellation)).Items.Select(i => i.Name)];
}
