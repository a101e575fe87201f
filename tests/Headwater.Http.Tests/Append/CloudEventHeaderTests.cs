using Headwater.Testing;
using Xunit;

namespace Headwater.Http.Tests.Append;

/// <summary>Attributes in the headers of binary mode (HTTP protocol binding 1.0.2, 3.1.3.2).</summary>
public sealed class CloudEventHeaderTests
{
    private readonly TestApi _api = new();

    [Theory]
    [InlineData("100%")]
    [InlineData("100%2")]
    [InlineData("100%zz")]
    [InlineData("%FF")]
    [InlineData("%C3")]
    [InlineData("%C3x")]
    [InlineData("%ED%A0%80")]
    [InlineData("%F4%90%80%80")]
    [InlineData("\"open")]
    [InlineData("\"open\\\"")]
    [InlineData("%00")]
    [InlineData("%0A")]
    public async Task A_header_that_is_not_encoded_right_is_refused_with_its_attribute(string header)
    {
        await _api.CreateAsync();
        BlobContents before = await _api.Blobs.CaptureContentsAsync(TestApi.Cancellation);
        Reply reply = await PostAsync(("ce-discount", header));
        Assert.Equal((422, "event_invalid", "no", "0 /discount"), (reply.Status, reply.Code, (string?)reply.Json["appended"], reply.Faults.Single()));
        await before.AssertNothingChangedAsync(TestApi.Cancellation);
    }

    [Theory]
    [InlineData("100%25", "100%")]
    [InlineData("%E2%82%AC 5", "€ 5")]
    [InlineData("%F0%9F%98%80", "😀")]
    [InlineData("\"a \\\"b\\\" %25\"", "a \"b\" %")]
    [InlineData("a+b", "a+b")]
    public async Task A_header_is_decoded(string header, string value)
    {
        await _api.CreateAsync();
        Assert.Equal(200, (await PostAsync(("ce-discount", header))).Status);
        Assert.Equal(value, (string?)(await _api.EventsAsync())[0]!["headers"]!["ce_discount"]);
    }

    [Theory]
    [InlineData("source", "a b")]
    [InlineData("source", "http://[::1")]
    [InlineData("source", "1x:y")]
    [InlineData("source", "a#b#c")]
    [InlineData("source", "<x>")]
    [InlineData("source", "%zz")]
    [InlineData("source", "/ä")]
    [InlineData("source", "//host:port/")]
    [InlineData("dataschema", "no-scheme")]
    [InlineData("dataschema", "a b:c")]
    [InlineData("datacontenttype", "json")]
    [InlineData("datacontenttype", "")]
    [InlineData("subject", "")]
    [InlineData("partitionkey", "")]
    [InlineData("type", "")]
    [InlineData("ext", "\\u0007")]
    [InlineData("ext", "\\u0085")]
    [InlineData("ext", "\\ufffe")]
    [InlineData("subject", "\\ud83f\\udfff")]
    public async Task An_attribute_that_breaks_its_own_rules_is_refused(string name, string value)
    {
        await _api.CreateAsync();
        Dictionary<string, string> members = new() { ["specversion"] = "1.0", ["id"] = "1", ["source"] = "/a", ["type"] = "t", [name] = value };
        string body = $"{{{string.Join(',', members.Select(m => $"\"{m.Key}\":\"{m.Value}\""))}}}";
        Reply reply = await _api.PostAsync("/streams/s/events", body, ("Content-Type", "application/cloudevents+json"));
        Assert.Equal((422, $"0 /{name}"), (reply.Status, reply.Faults.Single()));
        Assert.Empty(await _api.EventsAsync());
    }

    [Theory]
    [InlineData("/streams/x")]
    [InlineData("urn:uuid:6e8bc430-9c3a-11d9-9669-0800200c9a66")]
    [InlineData("https://user:pw@[2001:db8::1]:443/a;b=c/%20?q=a/b?c#f?/")]
    [InlineData("mailto:cncf-wg-serverless@lists.cncf.io")]
    [InlineData("../a:b")]
    [InlineData("//host")]
    [InlineData("1-555-123-4567")]
    [InlineData("a!$&'()*+,;=~_.-")]
    public async Task A_source_that_is_a_URI_reference_is_taken(string source)
    {
        await _api.CreateAsync();
        string body = $$"""{"specversion":"1.0","id":"1","source":"{{source}}","type":"t"}""";
        Assert.Equal(200, (await _api.PostAsync("/streams/s/events", body, ("Content-Type", "application/cloudevents+json"))).Status);
    }

    [Theory]
    [InlineData("""{"specversion":"1.0","id":"1","source":"/a","type":"t","data_base64":"\ud800"}""", "application/cloudevents+json")]
    [InlineData("""[{"specversion":"1.0","id":"1","source":"/a","type":"t","data_base64":"\ud800"}]""", "application/cloudevents-batch+json")]
    [InlineData("""[{"value":"\ud800"}]""", "application/json")]
    [InlineData("""[{"value":{"\ud800":1}}]""", "application/json")]
    [InlineData("""[{"\ud800":{}}]""", "application/json")]
    [InlineData("""{"\ud800":{}}""", "application/json")]
    public async Task Half_a_surrogate_pair_is_the_clients_fault_wherever_it_is(string body, string type)
    {
        await _api.CreateAsync("""{"schema":{"type":"map","values":"int"}}""");
        Reply reply = await _api.PostAsync("/streams/s/events", body, ("Content-Type", type));
        Assert.Equal((true, "no"), (reply.Status is 400 or 422, (string?)reply.Json["appended"]));
    }

    [Theory]
    [InlineData("""{"\ud800":1}""")]
    [InlineData("""{"kind":"\ud800"}""")]
    [InlineData("""{"owner":"\ud800"}""")]
    [InlineData("""{"tags":["\ud800"]}""")]
    [InlineData("""{"codec":"\ud800"}""")]
    [InlineData("""{"retention":{"\ud800":1,"time":"\ud800"}}""")]
    [InlineData("""{"\ud800":1,"\ud800":2}""")]
    [InlineData("""{"schema":{"type":"\ud800"}}""")]
    [InlineData("""{"schema":{"type":"record","name":"R","fields":[{"name":"\ud800","type":"int"}]}}""")]
    [InlineData("""{"schema":{"type":"record","name":"R","\ud800":1,"fields":[]}}""")]
    public async Task Half_a_surrogate_pair_in_settings_is_the_clients_fault(string body)
    {
        Assert.InRange((await _api.SendAsync("PUT", "/streams/s", body)).Status, 400, 422);
        await _api.CreateAsync(name: "t");
        Assert.Equal(400, (await _api.SendAsync("PATCH", "/streams/t", body)).Status);
        Assert.Equal(400, (await _api.PostAsync("/streams/t/groups/g/members", body)).Status);
        Assert.Equal(400, (await _api.PostAsync("/streams/t/maintenance", body)).Status);
    }

    [Fact]
    public async Task A_batch_of_no_CloudEvents_is_stored_as_nothing()
    {
        await _api.CreateAsync();
        BlobContents before = await _api.Blobs.CaptureContentsAsync(TestApi.Cancellation);
        Reply reply = await _api.PostAsync("/streams/s/events", "[]", ("Content-Type", "application/cloudevents-batch+json"));
        Assert.Equal((200, """{"count":0,"partitions":[]}"""), (reply.Status, reply.Text));
        await before.AssertNothingChangedAsync(TestApi.Cancellation);
    }

    [Fact]
    public async Task A_batch_of_no_CloudEvents_for_later_is_answered_at_once()
    {
        await _api.CreateAsync();
        Reply reply = await _api.PostAsync("/streams/s/events", "[]", ("Content-Type", "application/cloudevents-batch+json"), ("Prefer", "respond-async"));
        Assert.Equal((200, 0), (reply.Status, (int)reply.Json["count"]!));
        Assert.Empty(_api.Queues.Bodies("appends"));
    }

    [Fact]
    public async Task A_condition_on_no_CloudEvents_is_refused()
    {
        await _api.CreateAsync();
        Reply reply = await _api.PostAsync("/streams/s/events", "[]", ("Content-Type", "application/cloudevents-batch+json"), ("If-Offset", "7"));
        Assert.Equal((400, "empty_batch"), (reply.Status, reply.Code));
    }

    private Task<Reply> PostAsync(params (string, string)[] more) => _api.PostAsync(
        "/streams/s/events",
        "{}",
        [("Content-Type", "application/json"), ("ce-specversion", "1.0"), ("ce-id", "1"), ("ce-source", "/s"), ("ce-type", "t"), .. more]);
}
