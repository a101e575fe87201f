using System.IO.Compression;
using System.Text;
using Headwater.Core.Segments;
using Headwater.Http.Append;
using Headwater.Testing;
using Xunit;

namespace Headwater.Http.Tests.Append;

public sealed class AppendHeaderTests
{
    private const string Body = """[{"key":"k","value":{"a":1}}]""";

    private const string LongKey =
        "0123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789"
        + "0123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789";

    private static readonly (string, string)[] Sequence0 = [("Producer-Id", "p"), ("Producer-Epoch", "1"), ("Producer-Sequence", "0")];

    private readonly TestApi _api = new();

    [Fact]
    public async Task A_repeat_with_the_same_key_gets_the_same_answer()
    {
        await _api.CreateAsync();
        Reply first = await PostAsync(Body, ("Idempotency-Key", "x"));
        Reply second = await PostAsync(Body, ("Idempotency-Key", "x"));
        Assert.Equal((first.Text, "true"), (second.Text, second.Header("Idempotent-Replay")));
    }

    [Fact]
    public async Task A_repeat_with_the_same_key_stores_nothing()
    {
        await _api.CreateAsync();
        await PostAsync(Body, ("Idempotency-Key", "x"));
        BlobContents before = await _api.Blobs.CaptureContentsAsync(TestApi.Cancellation);
        await PostAsync(Body, ("Idempotency-Key", "x"));
        await before.AssertNothingChangedAsync(TestApi.Cancellation);
    }

    [Fact]
    public async Task A_first_request_is_no_replay()
    {
        await _api.CreateAsync();
        Reply first = await PostAsync(Body, ("Idempotency-Key", "x"));
        Assert.Equal("", first.Header("Idempotent-Replay"));
    }

    [Theory]
    [InlineData("""{"events":[ {"value" : {"a":1} , "key":"k"} ]}""", "application/json")]
    [InlineData("{\"key\":\"\\u006b\",\"value\":{\"\\u0061\":1}}\n", "application/x-ndjson")]
    public async Task The_same_events_written_otherwise_are_a_repeat(string body, string type)
    {
        await _api.CreateAsync();
        await PostAsync(Body, ("Idempotency-Key", "x"));
        Reply second = await PostAsync(body, ("Idempotency-Key", "x"), ("Content-Type", type));
        Assert.Equal("true", second.Header("Idempotent-Replay"));
    }

    [Fact]
    public async Task The_same_events_compressed_are_a_repeat()
    {
        await _api.CreateAsync();
        await PostAsync(Body, ("Idempotency-Key", "x"));
        using var zipped = new MemoryStream();
        using (var gzip = new GZipStream(zipped, CompressionLevel.Fastest, leaveOpen: true))
        {
            gzip.Write(Encoding.UTF8.GetBytes(Body));
        }

        Reply second = await _api.SendAsync("POST", "/streams/s/events", zipped.ToArray(), ("Idempotency-Key", "x"), ("Content-Encoding", "gzip"));
        Assert.Equal("true", second.Header("Idempotent-Replay"));
    }

    [Theory]
    [InlineData("""[{"key":"k","value":{"a":2}}]""")]
    [InlineData("""[{"key":"k","value":{"a":"1"}}]""")]
    [InlineData("""[{"key":"k","value":{"a":1},"headers":{"h":""}}]""")]
    [InlineData("""[{"key":"k","value":{"a":1},"time":0}]""")]
    [InlineData("""[{"key":"k","value":{"a":1}},{"key":"k","value":{"a":1}}]""")]
    public async Task The_same_key_with_other_events_is_refused(string other)
    {
        await _api.CreateAsync();
        await PostAsync(Body, ("Idempotency-Key", "x"));
        BlobContents before = await _api.Blobs.CaptureContentsAsync(TestApi.Cancellation);
        Reply second = await PostAsync(other, ("Idempotency-Key", "x"));
        Assert.Equal((422, "idempotency_key_reused"), (second.Status, second.Code));
        await before.AssertNothingChangedAsync(TestApi.Cancellation);
    }

    [Theory]
    [InlineData("""[{"key":"k","value":{"a":2}}]""")]
    [InlineData("""[{"key":"k","value":{"a":1},"time":0}]""")]
    public async Task The_same_sequence_with_other_events_is_refused(string other)
    {
        await _api.CreateAsync();
        await _api.SendAsync("POST", "/streams/s/producers/p");
        Reply first = await PostAsync(Body, Sequence0);
        BlobContents before = await _api.Blobs.CaptureContentsAsync(TestApi.Cancellation);

        Reply second = await PostAsync(other, Sequence0);

        int partition = (int)first.Json["partitions"]![0]!["partition"]!;
        Assert.Equal((422, "sequence_reused", partition), (second.Status, second.Code, (int)second.Json["partition"]!));
        await before.AssertNothingChangedAsync(TestApi.Cancellation);
    }

    [Fact]
    public async Task The_same_sequence_with_the_same_events_in_another_form_gets_the_first_answer()
    {
        await _api.CreateAsync();
        await _api.SendAsync("POST", "/streams/s/producers/p");
        await PostAsync(Body, Sequence0);

        Reply second = await PostAsync(Body.Replace(":", " : ", StringComparison.Ordinal), Sequence0);

        Assert.Equal((200, "true"), (second.Status, second.Header("Idempotent-Replay")));
    }

    [Fact]
    public async Task Equal_keys_of_different_callers_are_different_keys()
    {
        string caller = "a";
        var api = new TestApi((_, _) => ValueTask.FromResult(caller));
        await api.CreateAsync();
        await api.PostAsync("/streams/s/events", Body, ("Idempotency-Key", "x"));
        caller = "b";
        Reply second = await api.PostAsync("/streams/s/events", Body, ("Idempotency-Key", "x"));
        Assert.Equal("", second.Header("Idempotent-Replay"));
    }

    // Expected value: printf 'p\0key' | sha256sum (GNU coreutils).
    [Fact]
    public void A_request_key_is_a_prefix_of_the_SHA256_of_principal_and_key() =>
        Assert.Equal("a77862cf260cd51cf5df46cc36fd5931", AppendHeaders.KeyOf("p", "key").ToString());

    [Fact]
    public async Task The_key_is_stored_with_the_batch()
    {
        await _api.CreateAsync();
        await PostAsync(Body, ("Idempotency-Key", "x"));
        Reply file = await _api.GetAsync("/streams/s/partitions/0/events", ("Accept", "application/avro"));
        RequestKey key = AppendHeaders.KeyOf("", "x");
        byte[] bytes = new byte[RequestKey.Size];
        key.TryWriteBytes(bytes);
        Assert.True(SegmentHeader.TryRead(file.Body, out SegmentHeader? header, out int length));
        using var block = new DecodedBlock();
        BlockDecoder.TryRead(file.Body.AsSpan(length), length, header.Codec, header.Sync, block);
        Assert.Equal(key, block.Batch.Request);
    }

    [Theory]
    [InlineData("Idempotency-Key", LongKey)]
    [InlineData("If-Offset", "-1")]
    [InlineData("If-Offset", "x")]
    [InlineData("If-Offset", "9223372036854775808")]
    public async Task A_header_that_makes_no_sense_is_refused_by_name(string name, string value)
    {
        await _api.CreateAsync();
        BlobContents before = await _api.Blobs.CaptureContentsAsync(TestApi.Cancellation);
        Reply reply = await PostAsync(Body, (name, value));
        Assert.Equal((400, name), (reply.Status, (string?)reply.Json["parameter"]));
        await before.AssertNothingChangedAsync(TestApi.Cancellation);
    }

    [Fact]
    public async Task A_header_given_twice_is_refused()
    {
        await _api.CreateAsync();
        Reply reply = await PostAsync(Body, ("Idempotency-Key", "a"), ("Idempotency-Key", "b"));
        Assert.Equal((400, "Idempotency-Key"), (reply.Status, (string?)reply.Json["parameter"]));
    }

    [Theory]
    [InlineData("Producer-Id")]
    [InlineData("Producer-Epoch")]
    [InlineData("Producer-Sequence")]
    public async Task A_producer_header_that_is_missing_is_named(string missing)
    {
        await _api.CreateAsync();
        (string, string)[] headers = [("Producer-Id", "p"), ("Producer-Epoch", "1"), ("Producer-Sequence", "0")];
        Reply reply = await PostAsync(Body, [.. headers.Where(h => h.Item1 != missing)]);
        Assert.Equal((400, missing), (reply.Status, (string?)reply.Json["parameter"]));
    }

    [Fact]
    public async Task A_started_producer_appends_in_sequence()
    {
        await _api.CreateAsync();
        Reply start = await _api.PostAsync("/streams/s/producers/p", "");
        Assert.Equal("""{"producer":"p","epoch":1,"partitions":[{"partition":0,"nextSequence":0}]}""", start.Text);
        Reply reply = await PostAsync(Body, ("Producer-Id", "p"), ("Producer-Epoch", "1"), ("Producer-Sequence", "0"));
        Assert.Equal(200, reply.Status);
    }

    [Fact]
    public async Task Unkeyed_events_of_a_producer_share_one_partition_so_that_a_repeat_is_seen()
    {
        await _api.CreateAsync("""{"partitions":64}""");
        await _api.PostAsync("/streams/s/producers/p", "");
        for (int sequence = 0; sequence < 5; sequence++)
        {
            (string, string)[] headers =
                [("Producer-Id", "p"), ("Producer-Epoch", "1"), ("Producer-Sequence", $"{sequence}"), ("Idempotency-Key", $"k{sequence}")];
            Reply first = await PostAsync("""[{"value":1}]""", headers);
            Reply repeat = await PostAsync("""[{"value":1}]""", headers);
            Assert.Equal((200, first.Text, "true"), (first.Status, repeat.Text, repeat.Header("Idempotent-Replay")));
        }
    }

    [Fact]
    public async Task A_gap_tells_the_sequence_expected()
    {
        await _api.CreateAsync();
        await _api.PostAsync("/streams/s/producers/p", "");
        Reply reply = await PostAsync(Body, ("Producer-Id", "p"), ("Producer-Epoch", "1"), ("Producer-Sequence", "3"));
        Assert.Equal((409, "sequence_gap", 0), (reply.Status, reply.Code, (int)reply.Json["expectedSequence"]!));
    }

    [Fact]
    public async Task A_stale_epoch_tells_the_current_one()
    {
        await _api.CreateAsync();
        await _api.PostAsync("/streams/s/producers/p", "");
        await _api.PostAsync("/streams/s/producers/p", "");
        await PostAsync(Body, ("Producer-Id", "p"), ("Producer-Epoch", "2"), ("Producer-Sequence", "0"));
        Reply reply = await PostAsync(Body, ("Producer-Id", "p"), ("Producer-Epoch", "1"), ("Producer-Sequence", "0"));
        Assert.Equal((403, "stale_epoch", 2), (reply.Status, reply.Code, (int)reply.Json["currentEpoch"]!));
    }

    [Fact]
    public async Task If_offset_that_is_not_the_end_is_refused_with_the_end()
    {
        await _api.CreateAsync();
        await PostAsync(Body);
        BlobContents before = await _api.Blobs.CaptureContentsAsync(TestApi.Cancellation);
        Reply reply = await PostAsync(Body, ("If-Offset", "0"));
        Assert.Equal((412, "offset_mismatch", 1), (reply.Status, reply.Code, (int)reply.Json["logEndOffset"]!));
        await before.AssertNothingChangedAsync(TestApi.Cancellation);
    }

    [Fact]
    public async Task If_offset_that_is_the_end_appends()
    {
        await _api.CreateAsync();
        await PostAsync(Body);
        Assert.Equal(200, (await PostAsync(Body, ("If-Offset", "1"))).Status);
    }

    [Theory]
    [InlineData("return=representation")]
    [InlineData("wait=1, return=representation; x=1")]
    public async Task Preferring_representation_answers_offsets(string prefer)
    {
        await _api.CreateAsync();
        Reply reply = await PostAsync("""[{"value":1},{"value":2}]""", ("Prefer", prefer));
        Assert.Equal(("[[0,0],[0,1]]", "return=representation"), (reply.Json["offsets"]!.ToJsonString(), reply.Header("Preference-Applied")));
    }

    [Fact]
    public async Task Without_the_preference_there_are_no_offsets()
    {
        await _api.CreateAsync();
        Assert.Null((await PostAsync(Body)).Json["offsets"]);
    }

    private Task<Reply> PostAsync(string body, params (string, string)[] headers) => _api.PostAsync("/streams/s/events", body, headers);
}
