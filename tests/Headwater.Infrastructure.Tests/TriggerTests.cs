using System.Text.Json;
using System.Text.RegularExpressions;
using Headwater.Functions.Hosting;
using Headwater.Log.Ports;

namespace Headwater.Infrastructure.Tests;

/// <summary>The queues that the app's triggers listen to exist. The queue names are read from the triggers' source.</summary>
public sealed partial class TriggerTests(Templates templates)
{
    [Fact]
    public void Every_queue_that_a_trigger_waits_for_is_created_and_so_is_its_poison_queue()
    {
        string[] waited = [.. Triggers().Select(t => Named(t.Groups["queue"].Value))];

        Assert.NotEmpty(waited);
        Rule.IsBrokenByNone(waited.SelectMany(q => new[] { q, q + StorageNames.PoisonSuffix }).Except(Queues()));
    }

    [Fact]
    public void Every_queue_trigger_connects_to_the_log_s_account() =>
        Rule.IsBrokenByNone(Triggers().Where(t => t.Groups["connection"].Value != $"{nameof(AppSettings)}.{nameof(AppSettings.Storage)}").Select(t => t.Value));

    /// <summary>host.json needs queue settings only if a trigger listens to a queue. Bundles are for apps without extension packages of their own.</summary>
    [Fact]
    public void The_host_of_the_app_is_set_up_for_these_queues()
    {
        JsonElement host = JsonDocument.Parse(Repository.Read("host.json")).RootElement;

        Assert.Equal("none", host.GetProperty("extensions").GetProperty("queues").GetProperty("messageEncoding").GetString());
        Assert.False(host.TryGetProperty("extensionBundle", out _));
    }

    private IEnumerable<string> Queues() =>
        templates.Resources("prod").Where(r => r.Type == "Microsoft.Storage/storageAccounts/queueServices/queues").Select(r => r.LastName);

    private static IEnumerable<Match> Triggers() =>
        Directory.EnumerateFiles(Repository.PathOf("functions/Queues"), "*.cs").SelectMany(f => QueueTrigger().Matches(File.ReadAllText(f)));

    /// <summary>The value of <c>StorageNames.X</c>.</summary>
    private static string Named(string constant) => (string)typeof(StorageNames).GetField(constant.Split('.')[1])!.GetValue(null)!;

    [GeneratedRegex(@"\[QueueTrigger\((?<queue>[\w.]+), Connection = (?<connection>[\w.]+)\)\]")]
    private static partial Regex QueueTrigger();
}
