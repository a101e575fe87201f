using System.Text;
using Headwater.Log.Maintenance;
using Headwater.Log.Model;
using Headwater.Testing;
using Xunit;

namespace Headwater.Http.Tests.Queued;

/// <summary>A message that waited for longer than keys are remembered.</summary>
public sealed class OldMessageTests
{
    private readonly QueueApi _queue;

    private readonly CallScript _calls = new();

    public OldMessageTests()
    {
        CompactionOptions soon = CompactionOptions.Default with { RewriteAfter = TimeSpan.FromMinutes(1) };
        LogOptions options = LogOptions.Default with { SegmentAppends = 2, Compaction = soon };
        _queue = new QueueApi(wrap: blobs => new WatchedBlobs(blobs, _calls), log: options);
    }

    private TestApi Api => _queue.Api;

    [Fact]
    public async Task A_second_copy_is_recognised_in_the_log_and_a_new_message_is_appended()
    {
        await CreateAsync();
        DateTimeOffset sent = await AppendedAsync();

        await HandleAsync("1", sent);
        await HandleAsync("2", sent);

        Assert.Equal([0, 10, 0, 0, 20], await _queue.ValuesAsync());
        Assert.Empty(await _queue.PoisonCodesAsync());
    }

    [Fact]
    public async Task Many_old_messages_that_are_appended_already_cost_one_search()
    {
        await CreateAsync();
        DateTimeOffset sent = await AppendedAsync();
        await HandleAsync("1", sent);
        _calls.Clear();

        for (int i = 0; i < 10; i++)
        {
            await HandleAsync("1", sent);
        }

        Assert.DoesNotContain(_calls.Calls, c => c.Operation == StorageOperation.List);
        Assert.InRange(_calls.Calls.Count, 0, 10 + 1); // A repeat is answered after a read of the log end.
    }

    [Fact]
    public async Task It_is_given_up_if_compaction_removed_what_would_show_whether_it_is_appended()
    {
        await CreateAsync();
        DateTimeOffset sent = await AppendedAsync();
        await CompactAsync();

        await HandleAsync("1", sent);

        Assert.Equal(["key_forgotten"], await _queue.PoisonCodesAsync());
        Assert.Equal([0, 10, 0, 0], await _queue.ValuesAsync());
    }

    [Fact]
    public async Task By_force_it_is_appended_knowingly()
    {
        await CreateAsync();
        DateTimeOffset sent = await AppendedAsync();
        await CompactAsync();
        await HandleAsync("1", sent);
        Reply plain = await Api.SendAsync("POST", "/appends/poison/redrive");
        await _queue.DrainAsync();
        string?[] again = await _queue.PoisonCodesAsync();

        Reply forced = await Api.SendAsync("POST", "/appends/poison/redrive?force=true");
        await _queue.DrainAsync();

        Assert.Equal((1, 1), ((int)plain.Json["redriven"]!, (int)forced.Json["redriven"]!));
        Assert.Equal(["key_forgotten"], again);
        Assert.Empty(await _queue.PoisonCodesAsync());
        Assert.Equal([0, 10, 0, 0, 10], await _queue.ValuesAsync());
    }

    private Task<Reply> CreateAsync() => Api.SendAsync("PUT", "/streams/s", """{"partitions":1,"inbox":true}""", ("Content-Type", "application/json"));

    /// <summary>Message 1 is appended, then two other events, each in a segment of its own. Then two hours pass.</summary>
    /// <returns>When message 1 was enqueued.</returns>
    private async Task<DateTimeOffset> AppendedAsync()
    {
        await Api.PostAsync("/streams/s/events", """[{"value":0}]""");
        Api.Time.Advance(TimeSpan.FromMinutes(1));
        DateTimeOffset sent = Api.Time.GetUtcNow();
        await HandleAsync("1", sent);
        Api.Time.Advance(TimeSpan.FromHours(2));
        await Api.PostAsync("/streams/s/events", """[{"value":0}]""");
        await Api.PostAsync("/streams/s/events", """[{"value":0}]""");
        return sent;
    }

    private Task HandleAsync(string id, DateTimeOffset enqueued) =>
        Api.Queued.HandleAsync("inbox", Encoding.UTF8.GetBytes(QueueApi.CloudEvent(id, $"{id}0")), enqueued, 1, TestApi.Cancellation);

    private async Task CompactAsync()
    {
        await Api.Log.Maintenance.RunAsync(StreamName.Parse("s"), MaintenanceWork.Compact, TimeSpan.FromMinutes(1), TestApi.Cancellation);
        Api.Time.Advance(TimeSpan.FromHours(2));
        await Api.Log.Maintenance.RunAsync(StreamName.Parse("s"), MaintenanceWork.Compact, TimeSpan.FromMinutes(1), TestApi.Cancellation);
    }
}
