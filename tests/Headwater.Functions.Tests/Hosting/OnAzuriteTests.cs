using System.Text;
using System.Text.Json.Nodes;
using Azure.Storage.Queues.Models;
using Headwater.Functions.Hosting;
using Headwater.Log.Ports;
using Headwater.Testing;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

[assembly: AssemblyFixture(typeof(AzuriteFixture))]

namespace Headwater.Functions.Tests.Hosting;

/// <summary>The whole app, composed from its settings, over an empty emulator.</summary>
public sealed class OnAzuriteTests(AzuriteFixture azurite)
{
    [Fact]
    public async Task A_batch_goes_through_every_kind_of_trigger()
    {
        CancellationToken cancellation = TestContext.Current.CancellationToken;
        IConfiguration configuration = new ConfigurationBuilder()
            .AddInMemoryCollection([KeyValuePair.Create(AppSettings.Storage, (string?)await azurite.ConnectionStringAsync())])
            .Build();
        await using ServiceProvider services = new ServiceCollection().AddHeadwater(configuration).BuildServiceProvider();

        await HttpAsync(services, "PutStream", TestApp.Context("PUT", "/streams/s", "{}"));
        DefaultHttpContext later = TestApp.Context("POST", "/streams/s/events", """[{"value":"through the queue"}]""");
        later.Request.Headers["Prefer"] = "respond-async";
        await HttpAsync(services, "PostEvents", later);
        IReadOnlyList<QueuedMessage> waiting =
            await services.GetRequiredService<IQueues>().ReceiveAsync(StorageNames.AppendsQueue, 1, TimeSpan.FromSeconds(30), cancellation);
        QueuedMessage received = Assert.Single(waiting);
        QueueMessage message = QueuesModelFactory.QueueMessage(
            received.Receipt.MessageId, received.Receipt.Pop, Encoding.UTF8.GetString(received.Body.Span), received.DequeueCount,
            insertedOn: received.Enqueued);
        await AppFunction.Named("AppendsQueue").CallAsync(services, message, cancellation);
        await AppFunction.Named("CheckpointTimer").CallAsync(services, new TimerInfo(), cancellation);

        JsonNode page = await HttpAsync(services, "GetEvents", TestApp.Context("GET", "/streams/s/partitions/0/events"));
        BlobPage blobs = await services.GetRequiredService<Log.Ports.LogPorts>().Blobs.ListAsync("s/", null, 100, cancellation);
        Assert.Equal("through the queue", (string?)page["events"]![0]!["value"]);
        Assert.Contains(blobs.Items, b => b.Name.EndsWith("/checkpoint", StringComparison.Ordinal));
    }

    private static async Task<JsonNode> HttpAsync(ServiceProvider services, string function, DefaultHttpContext context)
    {
        await AppFunction.Named(function).CallAsync(services, context.Request);
        Assert.True(context.Response.StatusCode < 300, TestApp.Body(context));
        return JsonNode.Parse(TestApp.Body(context))!;
    }
}
