using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Headwater.Log.Ports;
using Headwater.WorkerHost.Protocol;
using Xunit;

namespace Headwater.Functions.Tests.Worker;

/// <summary>Messages from the queues are passed to the worker's process in the form that the host's extension uses.</summary>
public sealed class QueueTriggerTests(RunningWorker running)
{
    [Fact]
    public async Task A_batch_accepted_for_later_is_appended()
    {
        Hosts hosts = await running.HostsAsync();
        await SendAsync(hosts, new Call("PUT", "/streams/later", "{}"));
        await SendAsync(hosts, new Call("POST", "/streams/later/events", """[{"value":"later"}]""", "Prefer", "respond-async"));

        await DeliverAllAsync(hosts, StorageNames.AppendsQueue, "AppendsQueue");

        Assert.Equal("later", await FirstValueAsync(hosts, "later"));
    }

    [Fact]
    public async Task An_event_that_another_service_sent_is_appended()
    {
        Hosts hosts = await running.HostsAsync();
        await SendAsync(hosts, new Call("PUT", "/streams/from-others", """{"inbox":true}"""));
        string sent =
            """{"specversion":"1.0","id":"1","source":"/tests","type":"t","stream":"from-others","datacontenttype":"application/json","data":"sent"}""";
        await hosts.Queues.SendAsync(StorageNames.InboxQueue, Encoding.UTF8.GetBytes(sent), TimeSpan.Zero, TestContext.Current.CancellationToken);

        await DeliverAllAsync(hosts, StorageNames.InboxQueue, "InboxQueue");

        Assert.Equal("sent", await FirstValueAsync(hosts, "from-others"));
    }

    private static async Task SendAsync(Hosts hosts, Call call)
    {
        using HttpRequestMessage request = call.Request();
        using HttpResponseMessage response = await hosts.Worker.Http.SendAsync(request, TestContext.Current.CancellationToken);
        Assert.True(response.IsSuccessStatusCode);
    }

    /// <summary>Delivers all messages, also those of other tests, and deletes each after success, as the runtime does.</summary>
    private static async Task DeliverAllAsync(Hosts hosts, string queue, string function)
    {
        IReadOnlyList<QueuedMessage> received = await hosts.Queues.ReceiveAsync(queue, 32, TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);
        Assert.NotEmpty(received);
        foreach (QueuedMessage message in received)
        {
            Result result = await hosts.Worker.DeliverAsync(function, AsTheExtensionWrites(message));
            Assert.Equal(Result.Types.Status.Success, result.Status);
            await hosts.Queues.DeleteAsync(queue, message.Receipt, TestContext.Current.CancellationToken);
        }
    }

    private static JsonObject AsTheExtensionWrites(QueuedMessage message) => new()
    {
        ["MessageId"] = message.Receipt.MessageId,
        ["PopReceipt"] = message.Receipt.Pop,
        ["MessageText"] = Encoding.UTF8.GetString(message.Body.Span),
        ["DequeueCount"] = message.DequeueCount,
        ["InsertedOn"] = message.Enqueued.ToString("O", CultureInfo.InvariantCulture),
    };

    private static async Task<string?> FirstValueAsync(Hosts hosts, string stream)
    {
        string page =
            await hosts.Worker.Http.GetStringAsync(new Uri($"/streams/{stream}/partitions/0/events", UriKind.Relative), TestContext.Current.CancellationToken);
        return (string?)JsonNode.Parse(page)!["events"]!.AsArray()[0]!["value"];
    }
}
