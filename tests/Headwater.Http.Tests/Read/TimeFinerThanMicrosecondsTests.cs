using System.Text.Json.Nodes;
using Xunit;

namespace Headwater.Http.Tests.Read;

/// <summary>A start in time is a lower bound, so a time finer than a microsecond is rounded up.</summary>
public sealed class TimeFinerThanMicrosecondsTests
{
    private readonly TestApi _api = new();

    [Theory]
    [InlineData("2024-05-01T12:00:00.000000Z", 0)]
    [InlineData("2024-05-01T12:00:00.0000001Z", 1)]
    [InlineData("2024-05-01T12:00:00.000000999Z", 1)]
    [InlineData("2024-05-01T12:00:00.000001Z", 1)]
    [InlineData("2024-05-01T12:00:00.000001001Z", 2)]
    public async Task A_read_by_time_starts_at_the_first_event_at_or_after_it(string time, int first)
    {
        await FillAsync();
        JsonNode page = (await _api.GetAsync($"/streams/s/partitions/0/events?time={time}")).Json;
        Assert.Equal(Enumerable.Range(first, 2 - first), page["events"]!.AsArray().Select(e => (int)e!["offset"]!));
    }

    [Fact]
    public async Task A_time_before_1970_is_rounded_up_too()
    {
        await FillAsync();
        Assert.Equal(2, (await _api.GetAsync("/streams/s/partitions/0/events?time=1969-12-31T23:59:59.9999995Z")).Json["events"]!.AsArray().Count);
    }

    [Theory]
    [InlineData("2024-05-01T12:00:00.0000001Z", 1)]
    [InlineData("2024-05-01T12:00:00.000000Z", 0)]
    public async Task A_reset_by_time_goes_to_the_first_event_at_or_after_it(string time, int offset)
    {
        await FillAsync();
        await _api.SendAsync("PUT", "/streams/s/groups/g/offsets", """{"offsets":[{"partition":0,"offset":2}]}""");
        Reply reply = await _api.PostAsync("/streams/s/groups/g/reset", $$"""{"to":"time","time":"{{time}}"}""");
        Assert.Equal(offset, (int)reply.Json["offsets"]![0]!["offset"]!);
    }

    [Fact]
    public async Task An_events_own_time_is_cut_down_to_a_microsecond()
    {
        await _api.CreateAsync();
        await _api.PostAsync(
            "/streams/s/events",
            """[{"value":1,"time":"2024-05-01T12:00:00.000000999Z"},{"value":1,"time":"1969-12-31T23:59:59.999999999Z"}]""");
        Assert.Equal(
            ["2024-05-01T12:00:00Z", "1969-12-31T23:59:59.999999Z"],
            (await _api.EventsAsync()).Select(e => e!["time"]!.GetValue<DateTimeOffset>().ToString("yyyy-MM-dd'T'HH:mm:ss.FFFFFFF'Z'", null)));
    }

    /// <summary>Offset 0 at 12:00:00, offset 1 a microsecond later.</summary>
    private async Task FillAsync()
    {
        await _api.CreateAsync();
        await _api.PostAsync("/streams/s/events", """[{"value":1}]""");
        _api.Time.Advance(TimeSpan.FromMicroseconds(1));
        await _api.PostAsync("/streams/s/events", """[{"value":2}]""");
    }
}
