using System.Text.Json.Nodes;
using CloudNative.CloudEvents;
using CloudNative.CloudEvents.SystemTextJson;
using Headwater.Testing;
using Xunit;

namespace Headwater.Http.Tests.Append;

/// <summary>CloudEvents as bodies, made by CloudNative.CloudEvents, the CNCF's library.</summary>
public sealed class CloudEventTests
{
    private static readonly CloudEventAttribute PartitionKey = CloudEventAttribute.CreateExtension("partitionkey", CloudEventAttributeType.String);
    private static readonly CloudEventAttribute Priority = CloudEventAttribute.CreateExtension("priority", CloudEventAttributeType.Integer);

    private readonly JsonEventFormatter _formatter = new();
    private readonly TestApi _api = new();

    [Fact]
    public async Task A_structured_event_is_stored_with_its_attributes_as_headers()
    {
        await _api.CreateAsync();
        CloudEvent sent = Event("1");
        sent.Subject = "ABQ";
        sent.Time = new DateTimeOffset(2001, 1, 31, 21, 55, 0, TimeSpan.Zero);
        sent[Priority] = 5;
        ReadOnlyMemory<byte> body = _formatter.EncodeStructuredModeMessage(sent, out System.Net.Mime.ContentType type);
        Reply reply = await _api.SendAsync("POST", "/streams/s/events", body.ToArray(), ("Content-Type", type.ToString()));
        Assert.Equal(200, reply.Status);
        JsonNode stored = (await _api.EventsAsync())[0]!;
        Assert.Equal("ABQ", (string?)stored["key"]);
        Assert.Equal("2001-01-31T21:55:00Z", (string?)stored["time"]);
        Assert.Equal(
            [
                "ce_datacontenttype=application/json",
                "ce_id=1",
                "ce_priority=5",
                "ce_source=/airports",
                "ce_specversion=1.0",
                "ce_subject=ABQ",
                "ce_type=departed",
            ],
            stored["headers"]!.AsObject().Select(h => $"{h.Key}={h.Value}").Order(StringComparer.Ordinal));
        Assert.Equal("""{"delay":3}""", stored["value"]!.ToJsonString());
    }

    [Fact]
    public async Task The_partition_key_goes_before_the_subject()
    {
        await _api.CreateAsync();
        CloudEvent sent = Event("1");
        sent.Subject = "ABQ";
        sent[PartitionKey] = "k";
        await PostBatchAsync(sent);
        Assert.Equal("k", (string?)(await _api.EventsAsync())[0]!["key"]);
    }

    [Fact]
    public async Task A_batch_is_stored_in_its_order()
    {
        await _api.CreateAsync();
        await PostBatchAsync(Event("a"), Event("b"), Event("c"));
        Assert.Equal(["a", "b", "c"], (await _api.EventsAsync()).Select(e => (string?)e!["headers"]!["ce_id"]));
    }

    [Fact]
    public async Task A_batch_comes_back_as_it_went_in()
    {
        await _api.CreateAsync();
        CloudEvent first = Event("a");
        first.Subject = "ABQ";
        first.Time = new DateTimeOffset(2001, 1, 31, 21, 55, 0, TimeSpan.Zero);
        CloudEvent second = Event("b");
        second[PartitionKey] = "k";
        second.DataSchema = new Uri("https://example.com/schema");
        CloudEvent third = Event("c");
        third.Data = new byte[] { 0, 255 };
        third.DataContentType = "image/png";
        await PostBatchAsync(first, second, third);
        Reply reply = await _api.GetAsync("/streams/s/partitions/0/events", ("Accept", "application/cloudevents-batch+json"));
        IReadOnlyList<CloudEvent> back =
            _formatter.DecodeBatchModeMessage(reply.Body, new System.Net.Mime.ContentType(reply.Header("Content-Type")), [PartitionKey]);
        Assert.Equal(
            [
                "a|/airports|departed|ABQ||2001-01-31T21:55:00Z||{\"delay\":3}",
                "b|/airports|departed||k||https://example.com/schema|{\"delay\":3}",
                "c|/airports|departed|||||AP8=",
            ],
            back.Select(Show));
    }

    [Fact]
    public async Task An_event_without_data_is_a_tombstone()
    {
        await _api.CreateAsync("""{"kind":"entity"}""");
        CloudEvent sent = Event("1");
        sent.Subject = "ABQ";
        sent.Data = null;
        sent.DataContentType = null;
        await PostBatchAsync(sent);
        JsonNode stored = (await _api.EventsAsync())[0]!;
        Assert.Null(stored["value"]);
    }

    [Fact]
    public async Task Binary_mode_takes_attributes_from_headers_and_data_from_the_body()
    {
        await _api.CreateAsync();
        await _api.PostAsync(
            "/streams/s/events",
            """{"delay":3}""",
            ("Content-Type", "application/json"),
            ("ce-specversion", "1.0"),
            ("ce-id", "1"),
            ("ce-source", "/airports"),
            ("ce-type", "departed"),
            ("ce-subject", "M%C3%BCnchen"),
            ("ce-time", "2001-01-31T21:55:00Z"));
        JsonNode stored = (await _api.EventsAsync())[0]!;
        Assert.Equal(("München", "2001-01-31T21:55:00Z", 3), ((string?)stored["key"], (string?)stored["time"], (int)stored["value"]!["delay"]!));
    }

    [Fact]
    public async Task Binary_mode_stores_other_data_as_bytes()
    {
        await _api.CreateAsync();
        await _api.SendAsync("POST", "/streams/s/events", [0, 255], Binary("image/png"));
        JsonNode stored = (await _api.EventsAsync())[0]!;
        Assert.Equal(("AP8=", "image/png"), ((string?)stored["value"], (string?)stored["headers"]!["ce_datacontenttype"]));
    }

    [Fact]
    public async Task Text_data_is_stored_as_its_bytes()
    {
        await _api.CreateAsync();
        CloudEvent sent = Event("1");
        sent.Data = "abc";
        sent.DataContentType = "text/plain";
        await PostBatchAsync(sent);
        Assert.Equal("YWJj", (string?)(await _api.EventsAsync())[0]!["value"]);
    }

    [Fact]
    public async Task Data_goes_through_the_schema_of_the_stream()
    {
        await _api.CreateAsync("""{"schema":{"type":"record","name":"R","fields":[{"name":"delay","type":"int"}]}}""");
        CloudEvent bad = Event("2");
        bad.Data = new { delay = "late" };
        BlobContents before = await _api.Blobs.CaptureContentsAsync(TestApi.Cancellation);
        Reply reply = await PostBatchAsync(Event("1"), bad);
        Assert.Equal((422, "1 /data/delay"), (reply.Status, reply.Faults.Single()));
        await before.AssertNothingChangedAsync(TestApi.Cancellation);
    }

    [Theory]
    [InlineData("""{"specversion":"1.0","id":"1","source":"/a"}""", "0 /type")]
    [InlineData("""{"id":"1","source":"/a","type":"t"}""", "0 /specversion")]
    [InlineData("""{"specversion":"0.3","id":"1","source":"/a","type":"t"}""", "0 /specversion")]
    [InlineData("""{"specversion":"1.0","id":"","source":"/a","type":"t"}""", "0 /id")]
    [InlineData("""{"specversion":"1.0","id":"1","source":"/a","type":"t","time":"noon"}""", "0 /time")]
    [InlineData("""{"specversion":"1.0","id":"1","source":"/a","type":"t","Upper":"x"}""", "0 /Upper")]
    [InlineData("""{"specversion":"1.0","id":"1","source":"/a","type":"t","ext":{}}""", "0 /ext")]
    [InlineData("""{"specversion":"1.0","id":"1","id":"2","source":"/a","type":"t"}""", "0 /id")]
    [InlineData("""{"specversion":"1.0","id":"1","source":"/a","type":"t","data_base64":"?"}""", "0 /data_base64")]
    [InlineData("""{"specversion":"1.0","id":"1","source":"/a","type":"t","data":1,"data_base64":"AA=="}""", "0 /data_base64")]
    [InlineData("[]", "0")]
    public async Task What_is_no_CloudEvent_is_refused_with_the_attribute(string body, string fault)
    {
        await _api.CreateAsync();
        BlobContents before = await _api.Blobs.CaptureContentsAsync(TestApi.Cancellation);
        Reply reply = await _api.PostAsync("/streams/s/events", body, ("Content-Type", "application/cloudevents+json"));
        Assert.Equal((422, fault), (reply.Status, reply.Faults.Single()));
        await before.AssertNothingChangedAsync(TestApi.Cancellation);
    }

    [Fact]
    public async Task Binary_mode_with_data_that_is_not_the_JSON_it_says_is_refused()
    {
        await _api.CreateAsync();
        Reply reply = await _api.SendAsync("POST", "/streams/s/events", "{"u8.ToArray(), Binary("application/json"));
        Assert.Equal((400, "malformed_body", 0), (reply.Status, reply.Code, (int)reply.Json["errors"]![0]!["index"]!));
    }

    private static (string, string)[] Binary(string type) =>
        [("Content-Type", type), ("ce-specversion", "1.0"), ("ce-id", "1"), ("ce-source", "/airports"), ("ce-type", "departed")];

    private static CloudEvent Event(string id) => new()
    {
        Id = id,
        Source = new Uri("/airports", UriKind.Relative),
        Type = "departed",
        Data = new { delay = 3 },
        DataContentType = null,
    };

    private static string Show(CloudEvent e) => string.Join(
        '|',
        e.Id,
        e.Source,
        e.Type,
        e.Subject,
        e[PartitionKey],
        e.Time?.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ssK", System.Globalization.CultureInfo.InvariantCulture),
        e.DataSchema,
        e.Data is byte[] bytes ? Convert.ToBase64String(bytes) : e.Data?.ToString());

    private async Task<Reply> PostBatchAsync(params CloudEvent[] events)
    {
        ReadOnlyMemory<byte> body = _formatter.EncodeBatchModeMessage(events, out System.Net.Mime.ContentType type);
        return await _api.SendAsync("POST", "/streams/s/events", body.ToArray(), ("Content-Type", type.ToString()));
    }
}
