using System.Text.Json;
using Headwater.Contracts.Errors;
using Headwater.Core.Positions;
using Headwater.Core.Segments;
using Headwater.Formats.Parsing;
using Headwater.Http.Append;
using Headwater.Log.Producers;
using Headwater.Queues.Messages;
using Xunit;

namespace Headwater.Http.Tests.Queued;

public sealed class EnvelopeTests
{
    private static readonly QueuedBatch Full = new()
    {
        Id = "65a1b2c3000000000000000000000001",
        Stream = "s",
        StreamId = "0123456789abcdef0123456789abcdef",
        Partition = 3,
        PartitionBy = "k",
        Key = new RequestKey(7),
        HasOwnKey = true,
        Digest = new RequestDigest(8),
        Producer = new ProducerPosition("p", new ProducerEpoch(2), new SequenceNumber(9)),
        FromInbox = true,
        Enqueued = new DateTimeOffset(2024, 5, 1, 12, 0, 0, TimeSpan.Zero),
        TraceParent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
        TraceState = "a=b",
        Wait = new QueuedWait(4, TimeSpan.FromSeconds(30), 5),
        Content = QueuedContent.Claimed(60_000),
    };

    [Fact]
    public void An_envelope_comes_back_as_it_was_written() => Assert.Equal(Full, Read(EnvelopeWriter.Write(Full, default)));

    [Fact]
    public void A_fixed_envelope_of_version_1_is_read_for_ever()
    {
        QueuedBatch batch = Read("""{"version":1,"id":"65a1b2c3000000000000000000000001","stream":"s","streamId":"x","events":[{"value":1}]}"""u8.ToArray());
        Assert.Equal(
            ("s", "x", new RequestKey(UInt128.Parse("65a1b2c3000000000000000000000001", System.Globalization.NumberStyles.HexNumber, null)), false),
            (batch.Stream, batch.StreamId, batch.Key, batch.HasOwnKey));
    }

    [Fact]
    public void An_envelope_cut_anywhere_is_refused()
    {
        byte[] whole = EnvelopeWriter.Write(Full, default);
        for (int length = 0; length < whole.Length; length++)
        {
            Assert.Throws<HeadwaterException>(() => Read(whole[..length]));
        }
    }

    [Theory]
    [InlineData("""{"id":"65a1b2c3000000000000000000000001","stream":"s","events":[]}""")]
    [InlineData("""{"version":1,"id":"short","stream":"s","events":[]}""")]
    [InlineData("""{"version":1,"id":"65a1b2c3000000000000000000000001","stream":1,"events":[]}""")]
    [InlineData("""{"version":1,"id":"65a1b2c3000000000000000000000001","stream":"s","claim":0}""")]
    [InlineData("""{"version":1,"id":"65a1b2c3000000000000000000000001","stream":"s","claim":99999999999}""")]
    [InlineData("""{"version":1,"id":"65a1b2c3000000000000000000000001","stream":"s","events":[],"claim":5}""")]
    [InlineData("""{"version":1,"id":"65a1b2c3000000000000000000000001","stream":"s","stream":"t","events":[]}""")]
    [InlineData("""{"version":1,"id":"65a1b2c3000000000000000000000001","stream":"s","events":[],"epoch":1,"sequence":-1,"producer":"p"}""")]
    [InlineData("""{"version":1,"id":"65a1b2c3000000000000000000000001","stream":"s","events":[],"enqueued":"yesterday"}""")]
    [InlineData("""{"version":1,"id":"65a1b2c3000000000000000000000001","stream":"s","events":[],"attempts":-1}""")]
    public void A_wrong_envelope_is_refused(string text) => Assert.Throws<HeadwaterException>(() => Read(System.Text.Encoding.UTF8.GetBytes(text)));

    [Fact]
    public void Keys_of_messages_never_meet_those_of_requests() => Assert.Equal(
        4,
        new[] { MessageKeys.OfEnvelope("a"), MessageKeys.OfCloudEvent("", "a"), AppendHeaders.KeyOf("", "a"), AppendHeaders.KeyOf("envelope", "a") }
            .Distinct()
            .Count());

    [Fact]
    public void Every_code_is_judged() => Assert.All(Enum.GetValues<ErrorCode>(), code => Assert.True(Enum.IsDefined(MessageDispositions.Of(code))));

    [Fact]
    public void What_may_succeed_unchanged_is_never_given_up() =>
        Assert.All(
            Enum.GetValues<ErrorCode>().Where(c => c.IsRetryable()), code => Assert.Equal(MessageDisposition.AwaitStorage, MessageDispositions.Of(code)));

    private static QueuedBatch Read(byte[] json)
    {
        using JsonDocument document = JsonBodies.Parse(json);
        return EnvelopeReader.ReadOwn(document.RootElement);
    }
}
