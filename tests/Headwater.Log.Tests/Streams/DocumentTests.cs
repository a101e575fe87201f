using System.Text;
using Headwater.Contracts.Errors;
using Headwater.Core.Segments;
using Headwater.Log.Model;
using Headwater.Log.Ports;
using Headwater.Log.Streams;
using Xunit;

namespace Headwater.Log.Tests.Streams;

/// <summary><c>stream.json</c> is stored. Later formats may add members to these texts, but must not remove or rename one.</summary>
public sealed class DocumentTests
{
    private const string Id = "0123456789abcdef0123456789abcdef";

    private const string Whole = $$"""
        {
          "format": 1,
          "streamId": "{{Id}}",
          "state": "active",
          "created": "2026-03-02T08:00:00+00:00",
          "kind": "entity",
          "partitions": 4,
          "codec": "deflate",
          "schemas": [
            {
              "version": 1,
              "schema": "{\"type\":\"string\"}"
            }
          ],
          "retention": {
            "time": "P30D",
            "bytes": 1000000
          },
          "compaction": {
            "minLag": "PT1H",
            "tombstoneRetention": "P1D"
          },
          "owner": "sales",
          "doc": "Orders.",
          "tags": [
            "pii"
          ],
          "inbox": true,
          "logStarts": {}
        }
        """;

    private const string Least = $$"""
        {
          "format": 1,
          "streamId": "{{Id}}",
          "state": "active",
          "created": "2026-03-02T08:00:00+00:00",
          "kind": "event",
          "partitions": 1,
          "codec": "deflate",
          "schemas": [],
          "tags": [],
          "inbox": false,
          "logStarts": {}
        }
        """;

    private static readonly DateTimeOffset Created = new(2026, 3, 2, 8, 0, 0, TimeSpan.Zero);

    private static readonly StreamSettings Everything = new()
    {
        Kind = StreamKind.Entity,
        Partitions = 4,
        Schema = """{"type":"string"}""",
        Codec = BlockCodec.Deflate,
        Retention = new RetentionSettings(TimeSpan.FromDays(30), 1_000_000),
        Compaction = new CompactionSettings(TimeSpan.FromHours(1), TimeSpan.FromDays(1)),
        Owner = "sales",
        Doc = "Orders.",
        Tags = ["pii"],
        Inbox = true,
    };

    [Fact]
    public void A_document_with_everything_is_written_as_it_always_was() => Assert.Equal(Whole, Text(StreamDocument.For(Id, Everything, Created)));

    [Fact]
    public void A_document_with_the_least_is_written_as_it_always_was() => Assert.Equal(Least, Text(StreamDocument.For(Id, new StreamSettings(), Created)));

    [Fact]
    public void A_document_written_long_ago_is_read_as_it_was_meant()
    {
        string text = Whole.Replace("\"logStarts\": {}", "\"logStarts\": { \"2\": 70 }", StringComparison.Ordinal);

        StreamDescription stream = Read(text).Describe(StreamName.Parse("orders"));

        Assert.True(stream.Settings.SameAs(Everything));
        Assert.Equal(Created, stream.Created);
        Assert.Equal(70, stream.LogStart(new Core.Positions.PartitionId(2)).Value);
        Assert.Equal(0, stream.LogStart(new Core.Positions.PartitionId(1)).Value);
    }

    [Theory]
    [InlineData("\"format\": 1", "\"format\": 2")]
    [InlineData("\"inbox\": true", "\"inbox\": true, \"newer\": 1")]
    [InlineData("\"partitions\": 4", "\"partitions\": \"four\"")]
    [InlineData("\"streamId\"", "\"streamID\"")]
    [InlineData("\"P30D\"", "\"30 days\"")]
    [InlineData("{\n", "")]
    public void A_document_of_another_version_or_none_is_refused(string old, string now)
    {
        string text = Whole.ReplaceLineEndings("\n").Replace(old, now, StringComparison.Ordinal);

        HeadwaterException refusal = Assert.Throws<HeadwaterException>(() => Read(text));

        Assert.Equal(ErrorCode.CorruptSegment, refusal.Code);
    }

    [Fact]
    public void A_codec_of_a_later_version_is_refused()
    {
        StreamDocument document = Read(Whole.Replace("\"deflate\"", "\"brotli\"", StringComparison.Ordinal));

        HeadwaterException refusal = Assert.Throws<HeadwaterException>(() => document.Describe(StreamName.Parse("orders")));

        Assert.Equal(ErrorCode.CorruptSegment, refusal.Code);
    }

    [Fact]
    public void A_stream_is_stored_as_its_document() => World.Play(async world =>
    {
        StreamDescription stream = await world.Start().CreateAsync("orders", new StreamSettings());

        using BlobRead? blob = await world.Store.ReadAsync("orders/stream.json", 0, 10_000, default);

        Assert.Equal(
            Least.Replace(Id, stream.StreamId, StringComparison.Ordinal).ReplaceLineEndings("\n"),
            Encoding.UTF8.GetString(blob!.Content.Span).ReplaceLineEndings("\n"));
    });

    [Fact]
    public void A_stream_id_is_32_lowercase_hex_digits() => World.Play(async world =>
        Assert.Matches("^[0-9a-f]{32}$", (await world.Start().CreateAsync()).StreamId));

    private static string Text(StreamDocument document) => Encoding.UTF8.GetString(document.Write());

    private static StreamDocument Read(string text) => StreamDocument.Read(Encoding.UTF8.GetBytes(text), StreamName.Parse("orders"));
}
