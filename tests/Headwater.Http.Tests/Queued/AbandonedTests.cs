using Headwater.Log.Ports;
using Headwater.Queues.Handling;
using Xunit;

namespace Headwater.Http.Tests.Queued;

/// <summary>Rows and blobs of requests that failed before their message was on the queue.</summary>
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
    public async Task The_row_and_blob_of_a_send_that_failed_are_swept_after_their_age()
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
