using System.Globalization;
using System.Text.Json.Nodes;
using Headwater.Log.Ports;
using Headwater.Queues.Messages;
using Headwater.Queues.Stored;
using Xunit;

namespace Headwater.Http.Tests.Queued;

/// <summary>The status of a batch before and after its row is written, which is when the batch is handled.</summary>
public sealed class StatusTests
{
    private readonly QueueApi _queue = new();

    private TestApi Api => _queue.Api;

    [Fact]
    public async Task A_batch_is_accepted_while_tables_are_out_and_its_status_is_queued()
    {
        await Api.CreateAsync();
        Api.Tables.Fault = new StorageException(StorageFault.Unavailable, "tables");

        string path = await _queue.AcceptedAsync("""[{"value":1}]""");

        Api.Tables.Fault = null;
        Assert.Equal("queued", await StateAsync(path));
        await _queue.DrainAsync();
        Assert.Equal("appended", await StateAsync(path));
    }

    [Fact]
    public async Task A_status_without_a_row_says_when_the_batch_was_accepted()
    {
        await Api.CreateAsync();
        DateTimeOffset accepted = Api.Time.GetUtcNow();
        string path = await _queue.AcceptedAsync("""[{"value":1}]""");
        Api.Time.Advance(TimeSpan.FromHours(1));

        Assert.Equal(accepted, (DateTimeOffset)(await Api.GetAsync(path)).Json["at"]!);
    }

    [Fact]
    public async Task An_accepted_batch_that_no_process_handles_is_queued_for_7_days()
    {
        await Api.CreateAsync();
        Api.Time.Advance(TimeSpan.FromMilliseconds(999)); // The id has whole seconds.
        string path = await _queue.AcceptedAsync("""[{"value":1}]""");
        for (int hour = 0; hour <= 7 * 24; hour++)
        {
            Assert.Equal("queued", await StateAsync(path));
            Api.Time.Advance(TimeSpan.FromHours(1));
        }

        Assert.Equal(404, (await Api.GetAsync(path)).Status);
        await _queue.DrainAsync();
        Assert.Equal("appended", await StateAsync(path));
    }

    [Fact]
    public async Task An_accepted_batch_is_never_404_for_7_days_whatever_becomes_of_it()
    {
        await Api.CreateAsync();
        string appended = await _queue.AcceptedAsync("""[{"value":1}]""", ("Idempotency-Key", "k"));
        string poisoned = await _queue.AcceptedAsync("""[{"value":2}]""", ("Idempotency-Key", "k"));
        await _queue.DrainAsync();
        string reference = (string)(await _queue.PoisonAsync())[0]!["ref"]!;
        await Api.SendAsync("DELETE", $"/appends/poison/{reference}");
        for (int hour = 0; hour < 7 * 24; hour++)
        {
            Assert.Equal(("appended", "poisoned"), (await StateAsync(appended), await StateAsync(poisoned)));
            Api.Time.Advance(TimeSpan.FromHours(1));
            await Api.Queued.SweepAsync(TimeSpan.FromMinutes(1), TestApi.Cancellation);
        }
    }

    [Fact]
    public async Task A_status_never_goes_back_to_queued_when_its_row_expires()
    {
        await Api.CreateAsync();
        string path = await _queue.AcceptedAsync("""[{"value":1}]""");
        await _queue.DrainAsync();
        List<string?> states = [];
        for (TimeSpan age = TimeSpan.Zero; age < TimeSpan.FromDays(8); age += TimeSpan.FromMinutes(30))
        {
            states.Add(await StateAsync(path));
            Api.Time.Advance(TimeSpan.FromMinutes(30));
            await Api.Queued.SweepAsync(TimeSpan.FromMinutes(1), TestApi.Cancellation);
        }

        Assert.Equal(["appended", null], states.Distinct());
    }

    [Theory]
    [InlineData("nonsense", 404)]
    [InlineData("6632300000000000000000000000000", 404)]
    [InlineData("ZZ323000000000000000000000000000", 404)]
    [InlineData("00000000000000000000000000000000", 404)]
    [InlineData("ffffffffffffffffffffffffffffffff", 404)]
    public async Task Text_that_no_202_can_have_named_is_404(string id, int status)
    {
        Reply reply = await Api.GetAsync($"/appends/{id}");
        Assert.Equal((status, "append_not_found"), (reply.Status, reply.Code));
    }

    [Theory]
    [InlineData(6 * 60, 404)]
    [InlineData(4 * 60, 200)]
    [InlineData(0, 200)]
    [InlineData(-6 * 24 * 3600, 200)]
    [InlineData(-8 * 24 * 3600, 404)]
    public async Task An_id_that_nobody_issued_is_queued_if_its_time_is_in_the_last_7_days(int seconds, int status)
    {
        string id = TimedId.Of(Api.Time.GetUtcNow() + TimeSpan.FromSeconds(seconds), 1);

        Reply reply = await Api.GetAsync($"/appends/{id}");

        Assert.Equal((status, status == 200 ? "queued" : null), (reply.Status, await StateAsync($"/appends/{id}")));
    }

    [Fact]
    public async Task A_row_that_was_written_when_its_batch_was_accepted_is_answered()
    {
        string id = TimedId.Of(Api.Time.GetUtcNow() - TimeSpan.FromDays(20), 1);
        await new QueuedStatuses(Api.Tables).InsertAsync(new QueuedStatus(id, AppendState.Queued, "s", Api.Time.GetUtcNow()), TestApi.Cancellation);

        JsonNode status = (await Api.GetAsync($"/appends/{id}")).Json;

        Assert.Equal(("queued", "s"), ((string?)status["status"], (string?)status["stream"]));
    }

    [Fact]
    public async Task The_status_of_a_batch_that_the_host_gave_up_before_a_last_attempt_follows_within_a_day()
    {
        await Api.CreateAsync();
        string path = await _queue.AcceptedAsync("""[{"value":1}]""");
        await MovedByHostAsync();

        await Api.Queued.SweepAsync(TimeSpan.FromMinutes(1), TestApi.Cancellation);

        JsonNode status = (await Api.GetAsync(path)).Json;
        Assert.Equal(("poisoned", "runtime", "s"), ((string?)status["status"], (string?)status["code"], (string?)status["stream"]));
    }

    [Fact]
    public async Task A_batch_that_the_host_gave_up_before_a_last_attempt_and_that_is_discarded_is_poisoned()
    {
        await Api.CreateAsync();
        string path = await _queue.AcceptedAsync("""[{"value":1}]""");
        await MovedByHostAsync();

        await Api.SendAsync("DELETE", $"/appends/poison/{(string)(await _queue.PoisonAsync())[0]!["ref"]!}");

        Assert.Equal("poisoned", await StateAsync(path));
    }

    [Fact]
    public async Task Ids_of_one_second_differ()
    {
        await Api.CreateAsync();
        HashSet<string> ids = [];
        for (int i = 0; i < 100; i++)
        {
            Assert.True(ids.Add(await _queue.AcceptedAsync($"[{{\"value\":{i.ToString(CultureInfo.InvariantCulture)}}}]")));
        }
    }

    /// <returns>Null if there is no status.</returns>
    private async Task<string?> StateAsync(string path)
    {
        Reply reply = await Api.GetAsync(path);
        return reply.Status == 200 ? (string?)reply.Json["status"] : null;
    }

    private async Task MovedByHostAsync()
    {
        QueuedMessage message = Assert.Single(await Api.Queues.ReceiveAsync("appends", 1, TimeSpan.FromSeconds(10), TestApi.Cancellation));
        await Api.Queues.SendAsync("appends-poison", message.Body, TimeSpan.Zero, TestApi.Cancellation);
        await Api.Queues.DeleteAsync("appends", message.Receipt, TestApi.Cancellation);
    }
}
