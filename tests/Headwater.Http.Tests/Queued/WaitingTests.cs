using System.Text;
using Headwater.Log.Ports;
using Headwater.Queues.Handling;
using Headwater.Queues.Messages;
using Headwater.Testing;
using Xunit;

namespace Headwater.Http.Tests.Queued;

public sealed class WaitingTests
{
    [Fact]
    public async Task A_message_too_large_for_its_envelope_waits_beside_the_queue_and_is_appended()
    {
        FaultyBlobs? blobs = null;
        QueueApi queue = new(wrap: inner => blobs = new FaultyBlobs(inner));
        await queue.Api.CreateAsync("""{"inbox":true}""");
        string value = new('x', QueueText.MaxBytes - 150);
        await queue.PutAsync("inbox", QueueApi.CloudEvent("1", $"\"{value}\""));
        blobs!.AppendsFailAt = ".avro";
        await queue.PumpAsync("inbox");
        Assert.Contains("\"token\":\"", Encoding.UTF8.GetString(Assert.Single(queue.Api.Queues.Bodies("appends")).Span), StringComparison.Ordinal);
        blobs.AppendsFailAt = null;

        await queue.DrainAsync();

        Assert.Equal(value, (string?)Assert.Single(await queue.Api.EventsAsync())!["value"]);
        Assert.Empty(await queue.PoisonAsync());
    }

    [Fact]
    public void Waiting_for_storage_doubles_and_is_bounded()
    {
        var random = new SeededRandomness(7);
        QueuedWait wait = QueuedWait.None;
        List<TimeSpan> delays = [];
        for (int i = 0; i < 40; i++)
        {
            (wait, TimeSpan delay) = RetryDelay.ForStorage(wait, null, QueuedOptions.Default, random);
            delays.Add(delay);
        }

        Assert.All(delays, d => Assert.InRange(d, TimeSpan.FromSeconds(1), QueuedOptions.Default.MaxDelay));
        Assert.True(delays[^1] >= QueuedOptions.Default.MaxDelay / 2);
        Assert.Equal(TimeSpan.Zero, wait.Waited);
    }

    [Fact]
    public void Storage_is_given_the_time_it_asks_for()
    {
        (_, TimeSpan delay) = RetryDelay.ForStorage(QueuedWait.None, TimeSpan.FromSeconds(90), QueuedOptions.Default, new SeededRandomness(1));
        Assert.Equal(TimeSpan.FromSeconds(90), delay);
    }

    [Fact]
    public async Task Outcomes_older_than_they_are_kept_are_forgotten_with_their_blobs()
    {
        QueueApi queue = new();
        await queue.Api.CreateAsync();
        string large = await queue.AcceptedAsync($$"""[{"value":"{{new string('x', 60_000)}}"}]""");
        string small = await queue.AcceptedAsync("""[{"value":1}]""");
        await queue.DrainAsync();
        queue.Api.Time.Advance(QueuedOptions.Default.OutcomeAge + TimeSpan.FromDays(1));

        SweepReport report = await queue.Api.Queued.SweepAsync(TimeSpan.FromMinutes(1), TestApi.Cancellation);

        Assert.Equal(new SweepReport(2, 1, Finished: true), report);
        Assert.Equal(404, (await queue.Api.GetAsync(large)).Status);
        Assert.Equal(404, (await queue.Api.GetAsync(small)).Status);
        Assert.Equal(2, (await queue.Api.EventsAsync()).Count);
    }

    [Fact]
    public async Task Outcomes_are_kept_as_long_as_stated()
    {
        QueueApi queue = new();
        await queue.Api.CreateAsync();
        string path = await queue.AcceptedAsync("""[{"value":1}]""");
        await queue.DrainAsync();
        queue.Api.Time.Advance(QueuedOptions.Default.OutcomeAge - TimeSpan.FromMinutes(1));

        SweepReport report = await queue.Api.Queued.SweepAsync(TimeSpan.FromMinutes(1), TestApi.Cancellation);

        Assert.Equal(new SweepReport(0, 0, Finished: true), report);
        Assert.Equal("appended", (string?)(await queue.Api.GetAsync(path)).Json["status"]);
    }

    [Fact]
    public async Task A_batch_still_queued_or_poisoned_keeps_its_blob_however_old()
    {
        QueueApi queue = new();
        await queue.Api.CreateAsync();
        string body = $$"""[{"value":"{{new string('x', 60_000)}}"}]""";
        await queue.AcceptedAsync(body);
        await queue.Api.SendAsync("POST", "/streams/s/producers/p");
        await queue.Api.SendAsync("POST", "/streams/s/producers/p");
        await queue.Api.PostAsync("/streams/s/events", """[{"value":1}]""", ("Producer-Id", "p"), ("Producer-Epoch", "2"), ("Producer-Sequence", "0"));
        string fenced = await queue.AcceptedAsync(body, ("Producer-Id", "p"), ("Producer-Epoch", "1"), ("Producer-Sequence", "0"));
        await queue.PumpAsync();
        Assert.Equal("poisoned", (string?)(await queue.Api.GetAsync(fenced)).Json["status"]);
        string waiting = await queue.AcceptedAsync(body);
        queue.Api.Time.Advance(QueuedOptions.Default.OutcomeAge + TimeSpan.FromDays(1));

        SweepReport report = await queue.Api.Queued.SweepAsync(TimeSpan.FromMinutes(1), TestApi.Cancellation);

        Assert.Equal((1, 1), (report.Statuses, report.Claims));
        await queue.DrainAsync();
        Assert.Equal("appended", (string?)(await queue.Api.GetAsync(waiting)).Json["status"]);
    }

    [Fact]
    public async Task A_sweep_out_of_time_says_so()
    {
        SweepReport report = await new QueueApi().Api.Queued.SweepAsync(TimeSpan.Zero, TestApi.Cancellation);
        Assert.False(report.Finished);
    }
}
