using System.Text.Json.Nodes;
using Headwater.Functions.Hosting;
using Headwater.Http;
using Headwater.Log.Ports;
using Headwater.Storage.Azure.Metering;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Xunit;

namespace Headwater.Functions.Tests.Hosting;

public sealed class StartAndStopTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_sample_settings_start_the_app()
    {
        await using ServiceProvider services = FromSample();

        Assert.NotEmpty(services.GetRequiredService<HeadwaterApi>().Routes);
    }

    [Fact]
    public async Task Starting_makes_no_storage_call()
    {
        await using ServiceProvider services = FromSample();
        _ = services.GetRequiredService<HeadwaterApi>();
        foreach (IHostedService part in services.GetServices<IHostedService>())
        {
            await part.StartAsync(Cancellation);
        }

        Assert.Empty(services.GetRequiredService<StorageMeter>().Snapshot());
    }

    [Fact]
    public async Task A_body_over_the_limit_comes_to_the_API_which_refuses_it_with_a_problem()
    {
        await using ServiceProvider services = FromSample();

        Assert.Null(services.GetRequiredService<IOptions<KestrelServerOptions>>().Value.Limits.MaxRequestBodySize);
    }

    [Fact]
    public async Task Stopping_writes_the_checkpoints_that_appends_have_left()
    {
        await using TestApp app = new();
        await app.SendAsync("PutStream", "PUT", "/streams/s", "{}");
        await app.SendAsync("PostEvents", "POST", "/streams/s/events", """[{"value":1}]""");
        IHostedLifecycleService drain = app.Services.GetServices<IHostedService>().OfType<IHostedLifecycleService>().Single();
        await drain.StopAsync(Cancellation);
        Assert.DoesNotContain(await BlobsAsync(app), b => b.EndsWith("/checkpoint", StringComparison.Ordinal));

        await drain.StoppedAsync(Cancellation);

        Assert.Contains(await BlobsAsync(app), b => b.EndsWith("/checkpoint", StringComparison.Ordinal));
    }

    private static async Task<string[]> BlobsAsync(TestApp app)
    {
        BlobPage page = await app.Services.GetRequiredService<LogPorts>().Blobs.ListAsync("s/", null, 100, Cancellation);
        return [.. page.Items.Select(b => b.Name)];
    }

    private static ServiceProvider FromSample()
    {
        JsonNode sample = JsonNode.Parse(File.ReadAllText(Repository.PathOf("local.settings.sample.json")))!;
        IConfiguration configuration = new ConfigurationBuilder()
            .AddInMemoryCollection(sample["Values"]!.AsObject().ToDictionary(s => s.Key, s => (string?)s.Value))
            .Build();
        return new ServiceCollection().AddHeadwater(configuration).AddAppTelemetry(configuration).BuildServiceProvider();
    }
}
