using System.Diagnostics;
using System.Text;
using System.Text.Json.Nodes;
using Azure.Storage.Queues.Models;
using Headwater.Functions.Hosting;
using Headwater.Hosting.Telemetry;
using Headwater.Log.Ports;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using OpenTelemetry;
using OpenTelemetry.Trace;
using Xunit;

namespace Headwater.Functions.Tests.Queues;

public sealed class QueueTests : IAsyncDisposable
{
    private readonly TestApp _app = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    [Fact]
    public void The_triggers_are_on_the_queues_that_are_not_for_poison() => Assert.Equal(
        StorageNames.Queues.Where(q => !q.EndsWith(StorageNames.PoisonSuffix, StringComparison.Ordinal)).Order(),
        AppFunction.With<QueueTriggerAttribute>().Select(f => f.Trigger.QueueName).Order());

    [Fact]
    public void The_triggers_receive_from_the_account_of_the_log() =>
        Assert.All(AppFunction.With<QueueTriggerAttribute>(), f => Assert.Equal(AppSettings.Storage, f.Trigger.Connection));

    [Fact]
    public async Task A_batch_taken_for_later_is_appended_by_the_trigger_of_its_queue()
    {
        await _app.SendAsync("PutStream", "PUT", "/streams/s", "{}");
        Assert.Equal(202, await PostForLaterAsync());

        await DeliverAsync("AppendsQueue", StorageNames.AppendsQueue);

        Assert.Equal("1", await ValuesAsync());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_CloudEvent_on_the_inbox_is_appended_by_the_trigger_of_its_queue(bool base64)
    {
        await _app.SendAsync("PutStream", "PUT", "/streams/s", """{"inbox":true}""");
        byte[] message =
            """{"specversion":"1.0","id":"1","source":"/test","type":"t","stream":"s","datacontenttype":"application/json","data":1}"""u8.ToArray();
        await _app.Queues.SendAsync(
            StorageNames.InboxQueue, base64 ? Encoding.ASCII.GetBytes(Convert.ToBase64String(message)) : message, TimeSpan.Zero, Cancellation);

        await DeliverAsync("InboxQueue", StorageNames.InboxQueue);

        Assert.Equal("1", await ValuesAsync());
    }

    /// <summary>The message must carry the trace, because the trigger starts a trace of its own.</summary>
    [Fact]
    public async Task From_the_post_through_the_queue_into_the_append_it_is_one_trace()
    {
        List<Activity> spans = [];
        var services = new ServiceCollection();
        services.AddHeadwaterTelemetry(new ConfigurationBuilder().Build()).WithTracing(tracing => tracing.AddInMemoryExporter(spans));
        await using ServiceProvider telemetry = services.BuildServiceProvider();
        TracerProvider tracer = telemetry.GetRequiredService<TracerProvider>();
        await _app.SendAsync("PutStream", "PUT", "/streams/s", "{}");

        const string Trace = "4bf92f3577b34da6a3ce929d0e0e4736";
        await PostForLaterAsync($"00-{Trace}-00f067aa0ba902b7-01");
        using (new Activity("the runtime receives").Start())
        {
            await DeliverAsync("AppendsQueue", StorageNames.AppendsQueue);
        }

        tracer.Shutdown();
        string[] ours = [.. spans.Where(s => s.TraceId.ToString() == Trace).OrderBy(s => s.StartTimeUtc).Select(s => s.DisplayName)];
        Assert.Equal(["POST /streams/{stream}/events", "send appends", "process appends", "append"], ours.Distinct());
    }

    private async Task<int> PostForLaterAsync(string? traceParent = null)
    {
        DefaultHttpContext context = TestApp.Context("POST", "/streams/s/events", """[{"value":1}]""");
        context.Request.Headers["Prefer"] = "respond-async";
        context.Request.Headers.TraceParent = traceParent;
        await AppFunction.Named("PostEvents").CallAsync(_app.Services, context.Request);
        return context.Response.StatusCode;
    }

    /// <summary>Receives one message and passes it to the function in the form that the runtime uses.</summary>
    private async Task DeliverAsync(string function, string queue)
    {
        QueuedMessage received = Assert.Single(await _app.Queues.ReceiveAsync(queue, 1, TimeSpan.FromSeconds(30), Cancellation));
        QueueMessage message = QueuesModelFactory.QueueMessage(
            received.Receipt.MessageId, received.Receipt.Pop, Encoding.UTF8.GetString(received.Body.Span), received.DequeueCount,
            insertedOn: received.Enqueued);
        await AppFunction.Named(function).CallAsync(_app.Services, message, Cancellation);
    }

    private async Task<string> ValuesAsync()
    {
        (_, string page) = await _app.SendAsync("GetEvents", "GET", "/streams/s/partitions/0/events");
        return string.Join(" ", JsonNode.Parse(page)!["events"]!.AsArray().Select(e => e!["value"]));
    }
}
