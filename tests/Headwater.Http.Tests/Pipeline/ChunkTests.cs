using System.Globalization;
using System.Net.Sockets;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Logging;
using Xunit;

namespace Headwater.Http.Tests.Pipeline;

/// <summary>The chunks in which Kestrel sends a page. Some clients take a millisecond for each.</summary>
public sealed class ChunkTests : IAsyncLifetime
{
    private const int PieceBytes = 64 * 1024;

    private readonly TestApi _api = new();
    private readonly WebApplication _server;

    public ChunkTests()
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrel().UseUrls("http://127.0.0.1:0");
        _server = builder.Build();
        _server.Run(_api.Api.HandleAsync);
    }

    public async ValueTask InitializeAsync()
    {
        await _server.StartAsync(TestApi.Cancellation);
        await _api.CreateAsync();
        var random = new Random(1);
        for (int i = 0; i < 3; i++)
        {
            IEnumerable<string> events = Enumerable.Range(0, 500).Select(_ => $$"""{"value":"{{random.GetHexString(1000)}}"}""");
            await _api.PostAsync("/streams/s/events", $"[{string.Join(",", events)}]");
        }
    }

    public async ValueTask DisposeAsync() => await _server.DisposeAsync();

    [Theory]
    [InlineData("gzip")]
    [InlineData("br")]
    public async Task Every_chunk_of_a_compressed_page_but_the_last_has_at_least_64_KiB(string encoding)
    {
        int[] chunks = await ChunksAsync(encoding);

        Assert.InRange(chunks.Sum(), 700_000, 2_000_000);
        Assert.All(chunks[..^1], c => Assert.InRange(c, PieceBytes, 4 * PieceBytes));
    }

    private async Task<int[]> ChunksAsync(string encoding)
    {
        var address = new Uri(_server.Urls.Single());
        using var client = new TcpClient();
        await client.ConnectAsync(address.Host, address.Port, TestApi.Cancellation);
        await using NetworkStream stream = client.GetStream();
        string request = "GET /streams/s/partitions/0/events?limit=10000&maxBytes=33554432 HTTP/1.1\r\n"
            + $"Host: {address.Authority}\r\nAccept-Encoding: {encoding}\r\nConnection: close\r\n\r\n";
        await stream.WriteAsync(Encoding.ASCII.GetBytes(request), TestApi.Cancellation);
        using var all = new MemoryStream();
        await stream.CopyToAsync(all, TestApi.Cancellation);
        return [.. Chunks(Encoding.Latin1.GetString(all.ToArray()))];
    }

    private static IEnumerable<int> Chunks(string answer)
    {
        int at = answer.IndexOf("\r\n\r\n", StringComparison.Ordinal) + 4;
        Assert.Contains("Transfer-Encoding: chunked", answer[..at], StringComparison.OrdinalIgnoreCase);
        while (true)
        {
            int line = answer.IndexOf("\r\n", at, StringComparison.Ordinal);
            int size = int.Parse(answer.AsSpan(at, line - at), NumberStyles.HexNumber, CultureInfo.InvariantCulture);
            if (size == 0)
            {
                yield break;
            }

            yield return size;
            at = line + 2 + size + 2;
        }
    }
}
