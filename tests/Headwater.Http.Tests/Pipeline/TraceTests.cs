using System.Diagnostics;
using System.Text;
using Headwater.Hosting.Telemetry;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using OpenTelemetry;
using OpenTelemetry.Trace;
using Xunit;

namespace Headwater.Http.Tests.Pipeline;

/// <summary>The API under Kestrel with the hosts' OpenTelemetry settings: the caller's trace continues into the append.</summary>
public sealed class TraceTests : IAsyncLifetime
{
    private const string Stream = "traced";

    private readonly TestApi _api = new();
    private readonly List<Activity> _spans = [];
    private readonly WebApplication _server;
    private HttpClient _client = null!;

    public TraceTests()
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();

        // With logging enabled, Kestrel starts a span for each request even if no listener exists.
        builder.Logging.ClearProviders().AddProvider(new Heard()).SetMinimumLevel(LogLevel.Information);
        builder.WebHost.UseKestrel().UseUrls("http://127.0.0.1:0");
        builder.Services.AddHeadwaterTelemetry(new ConfigurationBuilder().Build()).WithTracing(tracing => tracing.AddInMemoryExporter(_spans));
        _server = builder.Build();
        _server.Run(_api.Api.HandleAsync);
    }

    public async ValueTask InitializeAsync()
    {
        await _server.StartAsync(TestApi.Cancellation);
        _client = new HttpClient { BaseAddress = new Uri(_server.Urls.Single()) };
        await _api.CreateAsync(name: Stream);
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task An_append_is_part_of_its_callers_trace()
    {
        Activity[] spans = await SpansOfPostAsync("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");

        Assert.Equal(
            [("POST /streams/{stream}/events", "b7ad6b7169203331"), ("append", spans[0].SpanId.ToString())],
            spans.Select(s => (s.DisplayName, s.ParentSpanId.ToString())));
        Assert.All(spans, s => Assert.Equal("0af7651916cd43dd8448eb211c80319c", s.TraceId.ToString()));
    }

    [Fact]
    public async Task Without_a_caller_the_request_begins_a_trace_that_is_recorded()
    {
        Activity[] spans = await SpansOfPostAsync(null);

        Assert.Equal(["POST /streams/{stream}/events", "append"], spans.Select(s => s.DisplayName));
        Assert.Equal(default, spans[0].ParentSpanId);
    }

    [Fact]
    public async Task What_its_caller_does_not_record_is_not_recorded() =>
        Assert.Empty(await SpansOfPostAsync("00-0af7651916cd43dd8448eb211c80319d-b7ad6b7169203331-00"));

    /// <summary>The spans of one post, outermost first. Activity sources are process-wide; spans of other tests have other stream names.</summary>
    private async Task<Activity[]> SpansOfPostAsync(string? traceParent)
    {
        const string Path = $"/streams/{Stream}/events";
        using var request =
            new HttpRequestMessage(HttpMethod.Post, Path) { Content = new StringContent("""[{"value":1}]""", Encoding.UTF8, "application/json") };
        request.Headers.TryAddWithoutValidation("traceparent", traceParent);
        (await _client.SendAsync(request, TestApi.Cancellation)).EnsureSuccessStatusCode().Dispose();
        await _server.StopAsync(TestApi.Cancellation);
        _server.Services.GetRequiredService<TracerProvider>().Shutdown();
        ActivityTraceId? trace = _spans.SingleOrDefault(s => (string?)s.GetTagItem("url.path") == Path)?.TraceId;
        return [.. _spans.Where(s => s.TraceId == trace).OrderBy(s => s.StartTimeUtc)];
    }

    private sealed class Heard : ILoggerProvider, ILogger
    {
        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
        }

        public void Dispose()
        {
        }
    }
}
