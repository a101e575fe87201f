using System.Text;
using Xunit;

namespace Headwater.Http.Tests.Pipeline;

/// <summary>Numbers, durations and bodies as clients spell them.</summary>
public sealed class ParsedParametersTests
{
    private readonly TestApi _api = new();

    [Theory]
    [InlineData("-Infinity")]
    [InlineData("Infinity")]
    [InlineData("NaN")]
    [InlineData("-NaN")]
    [InlineData("∞")]
    [InlineData("-∞")]
    [InlineData("1e1")]
    [InlineData("-0")]
    [InlineData("+1")]
    [InlineData("30.0000001")]
    [InlineData("PT30.0000001S")]
    [InlineData("99999999999999999999999999999999999999")]
    [InlineData("P99999999999999999999D")]
    [InlineData("P10675199DT9999999999H")]
    [InlineData("PT-1S")]
    [InlineData("P")]
    [InlineData("PT")]
    [InlineData("PTS")]
    [InlineData("P1")]
    [InlineData("")]
    [InlineData("%00")]
    public async Task A_wait_that_is_no_duration_is_refused(string wait)
    {
        await _api.CreateAsync();
        Reply reply = await _api.GetAsync($"/streams/s/partitions/0/events?wait={wait}");
        Assert.Equal((400, "invalid_parameter", "wait"), (reply.Status, reply.Code, (string?)reply.Json["parameter"]));
    }

    [Theory]
    [InlineData("0")]
    [InlineData(".0")]
    [InlineData("0.")]
    [InlineData("0.00000000001")]
    [InlineData("PT0S")]
    public async Task A_wait_of_nothing_is_answered_at_once(string wait)
    {
        await _api.CreateAsync();
        Assert.Equal(200, (await _api.GetAsync($"/streams/s/partitions/0/events?wait={wait}")).Status);
    }

    [Theory]
    [InlineData("PUT", "/streams/s", """{"partitions":1}""")]
    [InlineData("PUT", "/streams/s", "")]
    [InlineData("PUT", "/streams/s", " \r\n")]
    [InlineData("PATCH", "/streams/s", """{"doc":"d"}""")]
    [InlineData("POST", "/streams/s/maintenance", "{}")]
    [InlineData("PUT", "/streams/s/groups/g/offsets", """{"offsets":[{"partition":0,"offset":0}]}""")]
    [InlineData("POST", "/streams/s/groups/g/members", "{}")]
    [InlineData("POST", "/streams/s/groups/h/reset", """{"to":"latest"}""")]
    [InlineData("POST", "/streams/s/events", """[{"value":1}]""")]
    public async Task A_byte_order_mark_before_a_body_is_ignored(string method, string path, string body)
    {
        await _api.CreateAsync();
        await _api.PostAsync("/streams/s/groups/h/members", "{}");
        _api.Time.Advance(TimeSpan.FromHours(1));
        Reply reply = await _api.SendAsync(method, path, [0xEF, 0xBB, 0xBF, .. Encoding.UTF8.GetBytes(body)], ("Content-Type", "application/json"));
        Assert.InRange(reply.Status, 200, 204);
    }

    [Fact]
    public async Task A_body_that_cannot_be_parsed_after_a_byte_order_mark_is_the_clients_fault()
    {
        Reply reply = await _api.SendAsync("PUT", "/streams/s", [0xEF, 0xBB, 0xBF, (byte)'{'], ("Content-Type", "application/json"));
        Assert.Equal((400, "malformed_body"), (reply.Status, reply.Code));
    }
}
