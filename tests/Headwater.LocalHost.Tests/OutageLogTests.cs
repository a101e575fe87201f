using System.Text;
using Headwater.Hosting.Composition;
using Headwater.Http;
using Headwater.Storage.Azure.Connecting;
using Headwater.Storage.Azure.Metering;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Headwater.LocalHost.Tests;

/// <summary>What a host logs while storage does not answer.</summary>
public sealed class OutageLogTests
{
    /// <summary>The emulator's public key, and a port at which nothing listens.</summary>
    private const string NoStorage =
        "DefaultEndpointsProtocol=http;AccountName=devstoreaccount1;"
        + "AccountKey=Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==;"
        + "BlobEndpoint=http://127.0.0.1:1/devstoreaccount1;QueueEndpoint=http://127.0.0.1:1/devstoreaccount1;"
        + "TableEndpoint=http://127.0.0.1:1/devstoreaccount1;";

    [Fact]
    public async Task Requests_of_an_outage_log_one_line_together_and_its_end_another()
    {
        var lines = new Lines();
        var outages = new StorageOutages();
        await using ServiceProvider services = new ServiceCollection()
            .AddLogging(l => l.AddProvider(lines).SetMinimumLevel(LogLevel.Information))
            .AddHeadwaterStorage(new AzureStorageOptions { ConnectionString = NoStorage, ReadAttempts = 1, Outages = outages })
            .AddHeadwaterApi((_, _) => ValueTask.FromResult(""))
            .BuildServiceProvider();
        HeadwaterApi api = services.GetRequiredService<HeadwaterApi>();
        for (int i = 0; i < 20; i++)
        {
            Assert.Equal(503, await SendAsync(api, "GET", "/streams/s"));
            Assert.Equal(503, await SendAsync(api, "PUT", "/streams/s", "{}"));
            Assert.Equal(503, await SendAsync(api, "POST", "/streams/s/events", """[{"value":1}]"""));
            Assert.Equal(503, await SendAsync(api, "GET", "/streams/s/partitions/0/events"));
        }

        Assert.StartsWith("Storage (blobs) fails since 20", Assert.Single(lines.All), StringComparison.Ordinal);

        DateTimeOffset noon = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);
        outages.Ended!(new StorageOutage("blobs", noon, noon.AddMinutes(10), 80, "refused"));
        Assert.Equal(
            "Storage (blobs) answers again; 80 calls failed from 2026-03-01T12:00:00.0000000+00:00 to 2026-03-01T12:10:00.0000000+00:00",
            lines.All[1]);
    }

    private static async Task<int> SendAsync(HeadwaterApi api, string method, string path, string? body = null)
    {
        var context = new DefaultHttpContext { RequestAborted = TestContext.Current.CancellationToken };
        context.Request.Method = method;
        context.Request.Path = path;
        if (body is not null)
        {
            context.Request.ContentType = "application/json";
            context.Request.Body = new MemoryStream(Encoding.UTF8.GetBytes(body));
        }

        await api.HandleAsync(context);
        return context.Response.StatusCode;
    }

    /// <summary>The lines that were logged. An exception would be many more.</summary>
    private sealed class Lines : ILoggerProvider, ILogger
    {
        public List<string> All { get; } = [];

        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            lock (All)
            {
                All.AddRange($"{formatter(state, exception)}\n{exception}".Split('\n', StringSplitOptions.RemoveEmptyEntries));
            }
        }

        public void Dispose()
        {
        }
    }
}
