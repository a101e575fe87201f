using System.Reflection.PortableExecutable;
using System.Text.Json.Nodes;
using Headwater.WorkerHost;
using Microsoft.Azure.Functions.Worker;
using Xunit;

namespace Headwater.Functions.Tests.Worker;

/// <summary>
/// The files that the Functions host finds in the app's folder. Tests that need a published app run only if <c>HEADWATER_WORKER</c> names its folder, as
/// in <c>.ci/run</c>.
/// </summary>
public sealed class PublishedAppTests(RunningWorker running)
{
    private static IEnumerable<string> OfTheCode => AppFunction.All.Select(f => $"{f.Name}: {Trigger(f.Trigger)}").Order();

    [Fact]
    public void The_metadata_names_the_routes_queues_and_schedules_of_the_code()
    {
        IEnumerable<string> written = JsonNode.Parse(File.ReadAllText(Path.Combine(RunningWorker.Folder, "functions.metadata")))!.AsArray()
            .Select(f => $"{f!["name"]}: {Trigger(f["bindings"]!.AsArray().Select(b => b!.AsObject()).Single(IsTrigger))}");

        Assert.Equal(OfTheCode, written.Order());
    }

    [Fact]
    public async Task The_worker_announces_the_same_functions()
    {
        IReadOnlyList<WorkerFunction> announced = (await running.HostsAsync()).Worker.Functions;

        Assert.Equal(OfTheCode, announced.Select(f => $"{f.Name}: {Trigger(f.Trigger)}").Order());
    }

    [Fact]
    public async Task The_worker_announces_where_it_takes_requests() => Assert.Contains("HttpUri", (await running.HostsAsync()).Worker.Capabilities.Keys);

    [Fact]
    public async Task The_worker_takes_cancellations() =>
        Assert.Contains("HandlesInvocationCancelMessage", (await running.HostsAsync()).Worker.Capabilities.Keys);

    [Fact]
    public void The_host_finds_host_json() =>
        Assert.Equal(File.ReadAllText(Repository.PathOf("host.json")), File.ReadAllText(Path.Combine(RunningWorker.Folder, "host.json")));

    [Theory]
    [InlineData("Microsoft.Azure.WebJobs.Extensions.Storage.Queues.dll")]
    [InlineData("Microsoft.Azure.WebJobs.Extensions.FunctionMetadataLoader.dll")]
    public void The_host_finds_its_extensions(string file) => Assert.True(File.Exists(Path.Combine(RunningWorker.Folder, ".azurefunctions", file)));

    [Fact]
    public void No_local_settings_are_published()
    {
        RunningWorker.SkipUnlessPublished();

        Assert.Empty(Directory.EnumerateFiles(RunningWorker.Folder, "*.settings*.json", SearchOption.AllDirectories));
    }

    [Theory]
    [InlineData("Headwater.Functions.dll")]
    [InlineData("Headwater.Log.dll")]
    [InlineData("Microsoft.Azure.Functions.Worker.Core.dll")]
    public void Published_assemblies_are_precompiled(string file)
    {
        RunningWorker.SkipUnlessPublished();
        using var reader = new PEReader(File.OpenRead(Path.Combine(RunningWorker.Folder, file)));

        Assert.NotEqual(0, reader.PEHeaders.CorHeader!.ManagedNativeHeaderDirectory.Size);
    }

    /// <summary>The Functions host provides the runtime.</summary>
    [Fact]
    public void The_runtime_is_not_published()
    {
        RunningWorker.SkipUnlessPublished();

        Assert.False(File.Exists(Path.Combine(RunningWorker.Folder, "System.Private.CoreLib.dll")));
    }

    private static bool IsTrigger(JsonObject binding) => ((string)binding["type"]!).EndsWith("Trigger", StringComparison.Ordinal);

    private static string Trigger(JsonObject binding) => (string)binding["type"]! switch
    {
        "httpTrigger" => $"{string.Join(' ', binding["methods"]!.AsArray().Select(m => (string?)m))} {binding["route"]} {binding["authLevel"]}",
        "queueTrigger" => $"{binding["queueName"]} {binding["connection"]}",
        "timerTrigger" => $"{binding["schedule"]} {binding["useMonitor"]}",
        string other => other,
    };

    private static string Trigger(Attribute trigger) => trigger switch
    {
        HttpTriggerAttribute http => $"{string.Join(' ', http.Methods!)} {http.Route} {http.AuthLevel}",
        QueueTriggerAttribute queue => $"{queue.QueueName} {queue.Connection}",
        TimerTriggerAttribute timer => $"{timer.Schedule} {(timer.UseMonitor ? "true" : "false")}",
        _ => trigger.GetType().Name,
    };
}
