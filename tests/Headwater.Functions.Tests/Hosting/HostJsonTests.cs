using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Headwater.Hosting.Timers;
using Headwater.LocalHost.Queues;
using Headwater.Queues.Handling;
using Xunit;

namespace Headwater.Functions.Tests.Hosting;

/// <summary>The settings in host.json match the assumptions of the code.</summary>
public sealed class HostJsonTests
{
    private static readonly JsonNode Host = JsonNode.Parse(File.ReadAllText(Repository.PathOf("host.json")))!;

    [Fact]
    public void The_app_is_built_with_the_one_at_the_root() =>
        Assert.Equal(File.ReadAllText(Repository.PathOf("host.json")), File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "host.json")));

    [Fact]
    public void Paths_are_those_of_the_local_host_without_a_prefix() => Assert.Equal("", (string?)Host["extensions"]!["http"]!["routePrefix"]);

    [Fact]
    public void Messages_are_text_as_they_are() => Assert.Equal("none", (string?)Host["extensions"]!["queues"]!["messageEncoding"]);

    [Fact]
    public void A_message_is_tried_as_often_as_the_handler_counts() =>
        Assert.Equal(QueuedOptions.Default.MaxDequeueCount, (int)Host["extensions"]!["queues"]!["maxDequeueCount"]!);

    [Fact]
    public void The_local_pump_goes_by_every_setting_of_queues()
    {
        IEnumerable<string> settings = Host["extensions"]!["queues"]!.AsObject().Select(s => s.Key).Except(["messageEncoding"]);
        IEnumerable<string> read = typeof(QueueSettings).GetProperties().Select(p => JsonNamingPolicy.CamelCase.ConvertName(p.Name));

        Assert.Equal(settings.Order(), read.Order());
        Assert.Equal(QueueSettings.Read(Host.ToJsonString()), QueueSettings.Load());
    }

    [Fact]
    public void A_timer_ends_before_the_host_would_end_it() =>
        Assert.True(TimeSpan.Parse((string)Host["functionTimeout"]!, CultureInfo.InvariantCulture) > TimerWork.Budget + TimeSpan.FromMinutes(1));

    [Fact]
    public void There_is_no_extension_bundle_beside_the_compiled_extensions() => Assert.Null(Host["extensionBundle"]);

    /// <summary>The host forwards what the worker writes to standard error, such as the reason why it cannot start, under this category.</summary>
    [Fact]
    public void The_host_shows_why_the_worker_cannot_start() =>
        Assert.Equal("Information", (string?)Host["logging"]!["logLevel"]!["Host.Function.Console"]);

    [Fact]
    public void Host_and_worker_speak_of_one_trace() => Assert.Equal("OpenTelemetry", (string?)Host["telemetryMode"]);
}
