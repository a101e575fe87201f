using System.Text.Json;
using System.Text.Json.Nodes;
using CloudNative.CloudEvents;
using CloudNative.CloudEvents.SystemTextJson;
using Xunit;

namespace Headwater.Http.Tests.Read;

/// <summary>Producers set any header and key. What is answered as CloudEvents is valid for each of them.</summary>
public sealed class CloudEventAnswerTests
{
    private static readonly JsonSerializerOptions Unescaped = new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static readonly string[] Known = ["specversion", "id", "source", "type", "datacontenttype", "data", "time"];

    private readonly TestApi _api = new();

    [Theory]
    [InlineData("ce_id", "")]
    [InlineData("ce_source", "")]
    [InlineData("ce_source", "a b")]
    [InlineData("ce_source", "http://[x")]
    [InlineData("ce_type", "")]
    [InlineData("ce_type", "a\\nb")]
    [InlineData("ce_id", "\\u0000")]
    public async Task A_required_attribute_that_is_not_valid_is_made_up(string name, string value)
    {
        JsonObject answered = await OneAsync($$"""{"headers":{"{{name}}":"{{value}}"},"value":1}""");
        Assert.Equal(("0-0", "/streams/s", "bytes"), ((string?)answered["id"], (string?)answered["source"], (string?)answered["type"]));
    }

    [Theory]
    [InlineData("ce_subject", "")]
    [InlineData("ce_dataschema", "")]
    [InlineData("ce_dataschema", "not a uri")]
    [InlineData("ce_dataschema", "relative")]
    [InlineData("ce_datacontenttype", "")]
    [InlineData("ce_datacontenttype", "json")]
    [InlineData("ce_datacontenttype", "text/plain; charset=latin1")]
    [InlineData("ce_ext", "a\\u0001b")]
    [InlineData("ce_ext", "a\\u009fb")]
    [InlineData("ce_ext", "\\uffff")]
    [InlineData("ce_ext", "\\ufdd0")]
    [InlineData("ce_ext", "\\udbff\\udffe")]
    [InlineData("ce_", "x")]
    [InlineData("ce_UP", "x")]
    [InlineData("ce_data", "x")]
    [InlineData("ce_specversion", "0.3")]
    public async Task Another_attribute_that_is_not_valid_is_left_out(string name, string value)
    {
        JsonObject answered = await OneAsync($$"""{"headers":{"{{name}}":"{{value}}"},"value":1}""");
        Assert.Empty(answered.Select(m => m.Key).Except(Known));
        Assert.Equal(("1.0", "application/json", 1), ((string?)answered["specversion"], (string?)answered["datacontenttype"], (int)answered["data"]!));
    }

    [Theory]
    [InlineData("")]
    [InlineData("a\\u0000b")]
    [InlineData("\\ufffe")]
    public async Task A_key_that_is_no_partition_key_is_left_out(string key) =>
        Assert.False((await OneAsync($$"""{"key":"{{key}}","value":1}""")).ContainsKey("partitionkey"));

    [Fact]
    public async Task A_subject_that_is_left_out_is_not_taken_for_the_key() =>
        Assert.False((await OneAsync("""{"key":"","headers":{"ce_subject":""},"value":1}""")).ContainsKey("partitionkey"));

    [Fact]
    public async Task Valid_attributes_stay_as_they_are()
    {
        JsonObject answered = await OneAsync(
            """
            {"key":"k","headers":{"ce_id":"ä","ce_source":"urn:x","ce_type":"t","ce_subject":"s","ce_dataschema":"http://x/y",
            "ce_datacontenttype":"text/json; charset=utf-8","ce_ext":""},"value":1}
            """);
        Assert.Equal(
            """{"specversion":"1.0","id":"ä","source":"urn:x","type":"t","subject":"s","dataschema":"http://x/y","""
            + "\"" + """datacontenttype":"text/json; charset=utf-8","ext":"","partitionkey":"k","data":1}""",
            JsonSerializer.Serialize(answered, Unescaped));
    }

    /// <summary>The event as it is answered, after the CNCF's library has accepted it.</summary>
    private async Task<JsonObject> OneAsync(string posted)
    {
        await _api.CreateAsync();
        Assert.Equal(200, (await _api.PostAsync("/streams/s/events", $"[{posted}]")).Status);
        Reply reply = await _api.GetAsync("/streams/s/partitions/0/events", ("Accept", "application/cloudevents-batch+json"));
        var type = new System.Net.Mime.ContentType(reply.Header("Content-Type"));
        IReadOnlyList<CloudEvent> events = new JsonEventFormatter().DecodeBatchModeMessage(reply.Body, type, null);
        Assert.True(Assert.Single(events).IsValid);
        return reply.Json[0]!.AsObject();
    }
}
