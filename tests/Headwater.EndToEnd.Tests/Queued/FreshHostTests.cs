using Azure.Storage.Queues;
using Headwater.LocalHost;
using Headwater.LocalHost.Serving;
using Headwater.Log.Model;
using Headwater.Log.Ports;
using Headwater.Testing;

namespace Headwater.EndToEnd.Tests.Queued;

/// <summary>The first start on an empty storage account.</summary>
public sealed class FreshHostTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Once_the_host_listens_another_service_can_put_a_message_on_every_queue()
    {
        using AzuriteProcess azurite = await StartAsync();
        using StopSignals signals = new(TimeProvider.System);
        using StringWriter text = new();
        await using TextWriter output = TextWriter.Synchronized(text);
        var settings = new HostSettings(ListenAddress.Parse("http://127.0.0.1:0"), azurite.ConnectionString, "", LogOptions.Default);
        Task<int> running = HostRun.RunAsync(settings, output, signals);
        await Progress.UntilNoneAsync(() => Task.FromResult(text.ToString().Contains("Headwater listens", StringComparison.Ordinal) ? 0L : 1L), Patience);

        foreach (string queue in StorageNames.Queues)
        {
            var client = new QueueClient(azurite.ConnectionString, queue, new QueueClientOptions(QueueClientOptions.ServiceVersion.V2026_06_06));
            await client.SendMessageAsync("no JSON", Cancellation);
        }

        signals.Take();
        Assert.Equal(0, await running);
    }

    private static async Task<AzuriteProcess> StartAsync()
    {
        try
        {
            return await AzuriteProcess.StartAsync(Cancellation);
        }
        catch (ToolMissingException missing)
        {
            Assert.Skip(missing.Message);
            throw;
        }
    }
}
