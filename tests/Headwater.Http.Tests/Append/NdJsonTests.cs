using Headwater.Testing;
using Xunit;

namespace Headwater.Http.Tests.Append;

public sealed class NdJsonTests
{
    private readonly TestApi _api = new();

    [Theory]
    [InlineData("{\"value\":1}\n{\"value\":2}\n")]
    [InlineData("{\"value\":1}\n{\"value\":2}")]
    [InlineData("\n\n{\"value\":1}\n \t\n\n{\"value\":2}\n\n")]
    [InlineData("{\"value\":1}\r\n{\"value\":2}\r\n")]
    [InlineData(" {\"value\":1} \n\t{\"value\":2}\t")]
    [InlineData("\uFEFF{\"value\":1}\n{\"value\":2}")]
    public async Task Every_line_is_an_event_and_blank_lines_are_none(string body)
    {
        await _api.CreateAsync();
        await PostAsync(body);
        Assert.Equal([1, 2], (await _api.EventsAsync()).Select(e => (int)e!["value"]!));
    }

    [Theory]
    [InlineData("{\"value\":1}\n{\"value\":}\n", 1)]
    [InlineData("{\"value\":1},{\"value\":2}\n", 0)]
    [InlineData("{\"value\":\n1}", 0)]
    [InlineData("{\"value\":\"a\nb\"}", 0)]
    [InlineData("{\"value\":1}{\"value\":2}\n{\"value\":3}", 0)]
    [InlineData("{\"value\":1}\n\n{\"value\":[1\n2]}", 1)]
    [InlineData("{\"value\":1},\n", 0)]
    [InlineData("]\n[", 0)]
    [InlineData("{\"value\":1},{\"value\":2}\n{\"value\":3\n}", 0)]
    public async Task A_line_that_is_not_one_value_is_refused_by_its_number(string body, int index)
    {
        await _api.CreateAsync();
        BlobContents before = await _api.Blobs.CaptureContentsAsync(TestApi.Cancellation);
        Reply reply = await PostAsync(body);
        Assert.Equal((400, "malformed_body", index), (reply.Status, reply.Code, (int)reply.Json["errors"]![0]!["index"]!));
        await before.AssertNothingChangedAsync(TestApi.Cancellation);
    }

    [Fact]
    public async Task A_line_with_an_event_at_fault_is_named()
    {
        await _api.CreateAsync();
        Reply reply = await PostAsync("{\"value\":1}\n\n{\"value\":2,\"x\":0}\n");
        Assert.Equal((400, "1 /x"), (reply.Status, reply.Faults.Single()));
    }

    private Task<Reply> PostAsync(string body) => _api.PostAsync("/streams/s/events", body, ("Content-Type", "application/x-ndjson; charset=utf-8"));
}
