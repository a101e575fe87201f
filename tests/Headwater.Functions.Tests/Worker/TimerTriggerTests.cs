using System.Text.Json.Nodes;
using Headwater.Log.Ports;
using Headwater.Log.Segments;
using Headwater.Queues.Messages;
using Headwater.Queues.Stored;
using Headwater.WorkerHost.Protocol;
using Microsoft.Azure.Functions.Worker;
using Xunit;

namespace Headwater.Functions.Tests.Worker;

/// <summary>Every timer runs in the worker's process and has its effect.</summary>
public sealed class TimerTriggerTests(RunningWorker running)
{
    /// <summary>Storage reports time in whole seconds, so data may count as a few milliseconds old only a second later.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private static readonly Dictionary<string, Func<Hosts, Task>> Effects = new()
    {
        ["SealTimer"] = async hosts =>
        {
            await CreateAsync(hosts, "sealed", """{"retention":{"time":"PT0.01S"}}""");
            await FireUntilAsync(hosts, "SealTimer", () => HasBlobAsync(hosts, "sealed/", ".index"));
        },
        ["CheckpointTimer"] = async hosts =>
        {
            await CreateAsync(hosts, "checkpointed", "{}");
            await FireUntilAsync(hosts, "CheckpointTimer", () => HasBlobAsync(hosts, "checkpointed/", "/checkpoint"));
        },
        ["CopyGroupsTimer"] = async hosts =>
        {
            await CreateAsync(hosts, "grouped", "{}");
            await SendAsync(hosts, new Call("PUT", "/streams/grouped/groups/g/offsets", """{"offsets":[{"partition":0,"offset":1}]}"""));
            string before = await ETagAsync(hosts, "grouped/", "/g" + BlobNames.GroupSuffix);
            await FireUntilAsync(hosts, "CopyGroupsTimer", async () => await ETagAsync(hosts, "grouped/", "/g" + BlobNames.GroupSuffix) != before);
        },
        ["RetainTimer"] = async hosts =>
        {
            await CreateAsync(hosts, "retained", """{"retention":{"time":"PT0.01S"}}""");
            await FireUntilAsync(hosts, "SealTimer", () => HasBlobAsync(hosts, "retained/", ".index"));
            await SendAsync(hosts, new Call("POST", "/streams/retained/events", """[{"key":"k","value":3}]"""));
            await FireUntilAsync(hosts, "RetainTimer", async () => await LogStartAsync(hosts, "retained") > 0);
        },
        ["CompactTimer"] = async hosts =>
        {
            await CreateAsync(hosts, "compacted", """{"kind":"entity","retention":{"time":"PT0.01S"},"compaction":{"minLag":"PT0.01S"}}""");
            await FireUntilAsync(hosts, "SealTimer", () => HasBlobAsync(hosts, "compacted/", ".index"));
            await SendAsync(hosts, new Call("POST", "/streams/compacted/events", """[{"key":"k","value":3}]"""));
            await SendAsync(hosts, new Call("PATCH", "/streams/compacted", """{"retention":null}"""));
            await FireUntilAsync(hosts, "CompactTimer", () => HasBlobAsync(hosts, "compacted/", ".g0001" + BlobNames.SegmentSuffix));
        },
        ["SweepTimer"] = async hosts =>
        {
            await CreateAsync(hosts, "unlisted", "{}");
            var name = new RowId("names", "unlisted");
            TableRow row = (await hosts.Ports.Tables.GetAsync(StorageNames.StreamsTable, name, TestContext.Current.CancellationToken))!;
            await hosts.Ports.Tables.ApplyAsync(
                StorageNames.StreamsTable,
                name.Partition,
                [new RowChange(RowChangeKind.Delete, name.Row, new Dictionary<string, object>(), row.ETag)],
                TestContext.Current.CancellationToken);
            await FireUntilAsync(
                hosts,
                "SweepTimer",
                async () => await hosts.Ports.Tables.GetAsync(StorageNames.StreamsTable, name, TestContext.Current.CancellationToken) is not null);
        },
        ["SweepOutcomesTimer"] = async hosts =>
        {
            var statuses = new QueuedStatuses(hosts.Ports.Tables);
            DateTimeOffset old = DateTimeOffset.UtcNow.AddDays(-10);
            string id = TimedId.New(old, Randomness.System);
            await statuses.RecordAsync(new QueuedStatus(id, AppendState.Appended, "any", old), TestContext.Current.CancellationToken);
            await FireUntilAsync(hosts, "SweepOutcomesTimer", async () => await statuses.FindAsync(id, TestContext.Current.CancellationToken) is null);
        },
    };

    public static TheoryData<string> Names => [.. AppFunction.With<TimerTriggerAttribute>().Select(f => f.Function.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Each_timer_has_its_effect(string name) => await Effects[name](await running.HostsAsync());

    /// <summary>A stream with two events of one key.</summary>
    private static async Task CreateAsync(Hosts hosts, string stream, string settings)
    {
        await SendAsync(hosts, new Call("PUT", $"/streams/{stream}", settings));
        await SendAsync(hosts, new Call("POST", $"/streams/{stream}/events", """[{"key":"k","value":1},{"key":"k","value":2}]"""));
    }

    private static async Task SendAsync(Hosts hosts, Call call)
    {
        using HttpRequestMessage request = call.Request();
        using HttpResponseMessage response = await hosts.Worker.Http.SendAsync(request, TestContext.Current.CancellationToken);
        Assert.True(response.IsSuccessStatusCode, await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    private static async Task FireUntilAsync(Hosts hosts, string timer, Func<Task<bool>> hasEffect)
    {
        long started = TimeProvider.System.GetTimestamp();
        do
        {
            Assert.True(TimeProvider.System.GetElapsedTime(started) < Patience, $"{timer} has no effect");
            Result result = await hosts.Worker.FireAsync(timer);
            Assert.True(result.Status == Result.Types.Status.Success, result.Exception?.Message);
        }
        while (!await hasEffect());
    }

    private static async Task<bool> HasBlobAsync(Hosts hosts, string folder, string suffix) =>
        (await BlobsAsync(hosts, folder)).Any(b => b.Name.EndsWith(suffix, StringComparison.Ordinal));

    private static async Task<string> ETagAsync(Hosts hosts, string folder, string suffix) =>
        (await BlobsAsync(hosts, folder)).Single(b => b.Name.EndsWith(suffix, StringComparison.Ordinal)).ETag;

    private static async Task<IReadOnlyList<BlobItem>> BlobsAsync(Hosts hosts, string folder) =>
        (await hosts.Ports.Blobs.ListAsync(folder, null, 100, TestContext.Current.CancellationToken)).Items;

    private static async Task<long> LogStartAsync(Hosts hosts, string stream)
    {
        string page = await hosts.Worker.Http.GetStringAsync(
            new Uri($"/streams/{stream}/partitions/0/events?offset=latest", UriKind.Relative), TestContext.Current.CancellationToken);
        return (long)JsonNode.Parse(page)!["logStartOffset"]!;
    }
}
