using System.IO.Compression;
using System.Text;
using Headwater.Testing;
using Xunit;

namespace Headwater.Http.Tests.Append;

/// <summary>Valid bodies in which a seed changes, removes and repeats bytes. The answer is a success or a 4xx, never a 5xx.</summary>
public sealed class HostileBodyTests
{
    private const string Schema = """{"type":"record","name":"R","fields":[{"name":"a","type":["null","int",{"type":"array","items":"string"}]},"""
        + """{"name":"b","type":{"type":"map","values":"bytes"}}]}""";
    private const string Event = """{"key":"k","value":{"a":["x","\u00e9"],"b":{"m":"AAE="}},"headers":{"h":"v"},"time":"2024-05-01T12:00:00Z"}""";
    private const string CloudEvent =
        """{"specversion":"1.0","id":"1","source":"/a","type":"t","subject":"k","time":"2024-05-01T12:00:00Z","data":{"a":1,"b":{}}}""";

    public static TheoryData<string, string> Bodies => new()
    {
        { "application/json", $"[{Event},{Event}]" },
        { "application/json", $"{{\"events\":[{Event}]}}" },
        { "application/x-ndjson", $"{Event}\n{Event}\n" },
        { "application/cloudevents+json", CloudEvent },
        { "application/cloudevents-batch+json", $"[{CloudEvent},{CloudEvent}]" },
    };

    [Theory]
    [MemberData(nameof(Bodies))]
    public Task Changed_text_never_fails_here(string type, string body) => MutateAsync(type, Encoding.UTF8.GetBytes(body), null);

    [Fact]
    public async Task Changed_gzip_never_fails_here()
    {
        using var zipped = new MemoryStream();
        await using (var gzip = new GZipStream(zipped, CompressionLevel.Fastest, leaveOpen: true))
        {
            await gzip.WriteAsync(Encoding.UTF8.GetBytes($"[{Event}]"), TestApi.Cancellation);
        }

        await MutateAsync("application/json", zipped.ToArray(), "gzip");
    }

    [Theory]
    [InlineData("null")]
    [InlineData("deflate")]
    [InlineData("zstandard")]
    public async Task A_changed_Avro_file_never_fails_here(string codec)
    {
        var source = new TestApi();
        await source.CreateAsync($$"""{"schema":{{Schema}},"codec":"{{codec}}"}""");
        await source.PostAsync("/streams/s/events", $"[{Event},{Event}]");
        Reply file = await source.GetAsync("/streams/s/partitions/0/events", ("Accept", "application/avro"));
        await MutateAsync("application/avro", file.Body, null);
    }

    private static async Task MutateAsync(string type, byte[] body, string? encoding)
    {
        var api = new TestApi();
        await api.CreateAsync($$"""{"schema":{{Schema}}}""");
        var random = new SeededRandomness((ulong)body.Length);
        (string, string)[] headers = encoding is null ? [("Content-Type", type)] : [("Content-Type", type), ("Content-Encoding", encoding)];
        Assert.Equal(200, (await api.SendAsync("POST", "/streams/s/events", body, headers)).Status);
        for (int round = 0; round < 1_500; round++)
        {
            byte[] changed = Change(body, random);
            Reply reply = await api.SendAsync("POST", "/streams/s/events", changed, headers);
            Assert.True(reply.Status is 200 or (>= 400 and < 500), $"round {round}: {reply.Text} for {Convert.ToBase64String(changed)}");
        }
    }

    private static byte[] Change(byte[] body, SeededRandomness random)
    {
        byte[] changed = [.. body];
        for (int changes = 1 + random.NextBelow(3); changes > 0; changes--)
        {
            int at = random.NextBelow(changed.Length);
            switch (random.NextBelow(4))
            {
                case 0: changed[at] ^= (byte)(1 << random.NextBelow(8)); break;
                case 1: changed[at] = (byte)random.NextBelow(256); break;
                case 2: changed = [.. changed[..at], .. changed[Math.Min(changed.Length, at + 1 + random.NextBelow(8))..], 0]; break;
                case 3: changed = [.. changed[..at], .. changed[Math.Max(0, at - random.NextBelow(8))..]]; break;
            }
        }

        return changed;
    }
}
