using System.Net;
using System.Text;
using System.Text.Json.Nodes;

namespace Headwater.EndToEnd.Tests;

/// <summary>
/// The local host does not authenticate callers, so it refuses what only a browser sends for a web page of someone else: a foreign origin, or
/// the name of a site whose DNS answers with a loopback address.
/// </summary>
public sealed class WebPageTests(RunningLog log)
{
    private const string Event = """[{"value":1}]""";

    private static readonly Encoding Utf8 = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false);

    [Theory]
    [InlineData("http://evil.example")]
    [InlineData("https://127.0.0.1:7071")]
    [InlineData("http://127.0.0.1:1")]
    [InlineData("http://localhost")]
    [InlineData("null")]
    [InlineData("")]
    public async Task A_page_of_another_origin_appends_nothing(string origin)
    {
        string stream = await log.CreateAsync();

        using HttpResponseMessage answer = await SendAsync(stream, request => request.Headers.TryAddWithoutValidation("Origin", origin));

        await AssertRefusedAsync(answer, HttpStatusCode.Forbidden, "forbidden");
        Assert.Empty(await log.ValuesAsync(stream));
    }

    [Theory]
    [InlineData("cross-site")]
    [InlineData("same-site")]
    [InlineData("something-new")]
    public async Task A_page_of_another_site_appends_nothing(string site)
    {
        string stream = await log.CreateAsync();

        using HttpResponseMessage answer = await SendAsync(stream, request => request.Headers.Add("Sec-Fetch-Site", site));

        await AssertRefusedAsync(answer, HttpStatusCode.Forbidden, "forbidden");
        Assert.Empty(await log.ValuesAsync(stream));
    }

    [Theory]
    [InlineData("evil.example:{0}")]
    [InlineData("127.0.0.1.evil.example:{0}")]
    [InlineData("10.0.0.1:{0}")]
    [InlineData("0.0.0.0:{0}")]
    [InlineData("localhost.:{0}")]
    [InlineData("localhost")]
    [InlineData("127.0.0.1:1")]
    public async Task A_name_that_is_not_loopback_with_the_hosts_port_reads_nothing(string host)
    {
        string stream = await log.CreateAsync();
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/streams/{stream}");
        request.Headers.Host = host.Replace("{0}", $"{log.Http.BaseAddress!.Port}", StringComparison.Ordinal);

        using HttpResponseMessage answer = await log.Http.SendAsync(request, TestContext.Current.CancellationToken);

        await AssertRefusedAsync(answer, HttpStatusCode.Forbidden, "forbidden");
    }

    [Fact]
    public async Task Metrics_are_not_read_under_a_foreign_name()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/metrics");
        request.Headers.Host = "evil.example";

        using HttpResponseMessage answer = await log.Http.SendAsync(request, TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
    }

    [Theory]
    [InlineData("localhost:{0}")]
    [InlineData("LOCALHOST:{0}")]
    [InlineData("127.0.0.1:{0}")]
    [InlineData("127.1.2.3:{0}")]
    [InlineData("[::1]:{0}")]
    public async Task Every_loopback_name_with_the_hosts_port_reads(string host)
    {
        string stream = await log.CreateAsync();
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/streams/{stream}");
        request.Headers.Host = host.Replace("{0}", $"{log.Http.BaseAddress!.Port}", StringComparison.Ordinal);

        using HttpResponseMessage answer = await log.Http.SendAsync(request, TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    [Fact]
    public async Task A_page_of_the_host_itself_appends()
    {
        string stream = await log.CreateAsync();

        using HttpResponseMessage answer = await SendAsync(stream, request =>
        {
            request.Headers.Add("Origin", $"http://localhost:{log.Http.BaseAddress!.Port}");
            request.Headers.Add("Sec-Fetch-Site", "same-origin");
        });

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    /// <summary>A browser sends a body without a type to any host without asking it first.</summary>
    [Fact]
    public async Task A_body_without_a_content_type_appends_nothing()
    {
        string stream = await log.CreateAsync();

        using HttpResponseMessage answer = await SendAsync(stream, request => request.Content!.Headers.ContentType = null);

        await AssertRefusedAsync(answer, HttpStatusCode.UnsupportedMediaType, "unsupported_media_type");
        Assert.Empty(await log.ValuesAsync(stream));
    }

    [Fact]
    public async Task An_empty_body_needs_no_content_type()
    {
        using var content = new ByteArrayContent([]);

        string path = $"/streams/{Testing.AzuriteFixture.UniqueName()}";
        using HttpResponseMessage answer = await log.Http.PutAsync(path, content, TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
    }

    private async Task<HttpResponseMessage> SendAsync(string stream, Action<HttpRequestMessage> change)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/streams/{stream}/events");
        request.Content = new StringContent(Event, Utf8, "application/json");
        change(request);
        return await log.Http.SendAsync(request, TestContext.Current.CancellationToken);
    }

    private static async Task AssertRefusedAsync(HttpResponseMessage answer, HttpStatusCode status, string code)
    {
        Assert.Equal(status, answer.StatusCode);
        JsonNode problem = JsonNode.Parse(await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken))!;
        Assert.Equal(code, (string?)problem["code"]);
    }
}
