using System.IO.Compression;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Headwater.Log.Model;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Logging;
using Xunit;

namespace Headwater.Http.Tests.Pipeline;

/// <summary>The API under Kestrel, over a socket. Covers behaviour that calls with a made-up HttpContext cannot show.</summary>
public sealed class KestrelTests : IAsyncLifetime
{
    private readonly TestApi _api = new();
    private readonly WebApplication _server;
    private HttpClient _client = null!;

    public KestrelTests()
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
        _client = new HttpClient { BaseAddress = new Uri(_server.Urls.Single()) };
        await _api.CreateAsync();
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task Events_go_in_and_come_out()
    {
        using HttpResponseMessage posted = await PostAsync(new StringContent("""[{"value":1}]""", Encoding.UTF8, "application/json"));
        Assert.Equal(HttpStatusCode.OK, posted.StatusCode);
        string page = await _client.GetStringAsync("/streams/s/partitions/0/events", TestApi.Cancellation);
        Assert.Equal(1, (int)JsonNode.Parse(page)!["events"]![0]!["value"]!);
    }

    [Fact]
    public async Task A_body_sent_in_chunks_is_taken()
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/streams/s/events")
        {
            Content = new StringContent("""[{"value":1}]""", Encoding.UTF8, "application/json"),
        };
        request.Headers.TransferEncodingChunked = true;
        using HttpResponseMessage reply = await _client.SendAsync(request, TestApi.Cancellation);
        Assert.Equal(HttpStatusCode.OK, reply.StatusCode);
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("br")]
    [InlineData("identity")]
    public async Task A_large_page_comes_out_whole(string encoding)
    {
        string value = new('x', 500);
        string batch = $"[{string.Join(",", Enumerable.Range(0, 2000).Select(i => $$"""{"value":"{{i}}{{value}}"}"""))}]";
        for (int i = 0; i < 3; i++)
        {
            (await PostAsync(new StringContent(batch, Encoding.UTF8, "application/json"))).Dispose();
        }

        using var request = new HttpRequestMessage(HttpMethod.Get, "/streams/s/partitions/0/events?limit=10000&maxBytes=33554432");
        request.Headers.AcceptEncoding.Add(new StringWithQualityHeaderValue(encoding));
        using HttpResponseMessage reply = await _client.SendAsync(request, TestApi.Cancellation);
        Stream body = await reply.Content.ReadAsStreamAsync(TestApi.Cancellation);
        await using Stream plain = encoding switch
        {
            "gzip" => new GZipStream(body, CompressionMode.Decompress),
            "br" => new BrotliStream(body, CompressionMode.Decompress),
            _ => body,
        };
        JsonNode page = (await JsonNode.ParseAsync(plain, cancellationToken: TestApi.Cancellation))!;
        Assert.Equal(6000, page["events"]!.AsArray().Count);
    }

    [Fact]
    public async Task HEAD_has_the_headers_and_no_body()
    {
        using var request = new HttpRequestMessage(HttpMethod.Head, "/streams/s/partitions/0/events");
        using HttpResponseMessage reply = await _client.SendAsync(request, TestApi.Cancellation);
        Assert.Equal((HttpStatusCode.OK, "0"), (reply.StatusCode, reply.Headers.GetValues("Next-Offset").Single()));
    }

    [Fact]
    public async Task A_chunked_body_over_the_limit_is_413()
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/streams/s/events") { Content = new ByteArrayContent(new byte[Limits.BodyBytes + 1]) };
        request.Headers.TransferEncodingChunked = true;
        using HttpResponseMessage reply = await _client.SendAsync(request, TestApi.Cancellation);
        JsonNode problem = JsonNode.Parse(await reply.Content.ReadAsStringAsync(TestApi.Cancellation))!;
        Assert.Equal((HttpStatusCode.RequestEntityTooLarge, "body_too_large"), (reply.StatusCode, (string?)problem["code"]));
    }

    [Fact]
    public async Task A_client_that_leaves_in_the_middle_of_its_body_harms_nobody()
    {
        using (var socket = new System.Net.Sockets.TcpClient())
        {
            await socket.ConnectAsync(IPAddress.Loopback, _client.BaseAddress!.Port, TestApi.Cancellation);
            byte[] half = Encoding.ASCII.GetBytes(
                "POST /streams/s/events HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n[{\"value\":1},");
            await socket.GetStream().WriteAsync(half, TestApi.Cancellation);
        }

        using HttpResponseMessage reply = await PostAsync(new StringContent("""[{"value":"mine"}]""", Encoding.UTF8, "application/json"));
        Assert.Equal(HttpStatusCode.OK, reply.StatusCode);
        Assert.Equal(["mine"], (await _api.EventsAsync()).Select(e => (string?)e!["value"]));
    }

    private Task<HttpResponseMessage> PostAsync(HttpContent content) =>
        _client.PostAsync(new Uri("/streams/s/events", UriKind.Relative), content, TestApi.Cancellation);
}
