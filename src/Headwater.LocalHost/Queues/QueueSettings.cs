using System.Globalization;
using System.Text.Json;
using Headwater.LocalHost.Errors;

namespace Headwater.LocalHost.Queues;

/// <summary>What <c>host.json</c> says of queues, to the Functions host and to this one (https://learn.microsoft.com/azure/azure-functions/functions-bindings-storage-queue#host-json).</summary>
internal sealed record QueueSettings
{
    /// <summary>Messages received at once.</summary>
    public required int BatchSize { get; init; }

    /// <summary>The next are received once no more than these are being handled.</summary>
    public required int NewBatchThreshold { get; init; }

    /// <summary>Longest pause between looks at an empty queue.</summary>
    public required TimeSpan MaxPollingInterval { get; init; }

    /// <summary>A message that failed comes again after this. Here it is also how long one is hidden while it is handled, renewed in time.</summary>
    public required TimeSpan VisibilityTimeout { get; init; }

    /// <summary>A message that failed so often goes to poison.</summary>
    public required int MaxDequeueCount { get; init; }

    /// <summary>The one beside the program, which is the one at the repository's root.</summary>
    public static QueueSettings Load() => Read(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "host.json")));

    /// <exception cref="HostException">A setting is missing or makes no sense.</exception>
    public static QueueSettings Read(string hostJson)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(hostJson);
            JsonElement queues = document.RootElement.GetProperty("extensions").GetProperty("queues");
            return new QueueSettings
            {
                BatchSize = Number(queues, "batchSize", 1, 32),
                NewBatchThreshold = Number(queues, "newBatchThreshold", 0, 1_000),
                MaxPollingInterval = Duration(queues, "maxPollingInterval", TimeSpan.FromMilliseconds(100)),
                VisibilityTimeout = Duration(queues, "visibilityTimeout", TimeSpan.FromSeconds(1)),
                MaxDequeueCount = Number(queues, "maxDequeueCount", 1, 1_000),
            };
        }
        catch (Exception problem) when (problem is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            throw new HostException($"host.json has no usable extensions.queues: {problem.Message}", problem);
        }
    }

    private static int Number(JsonElement queues, string name, int least, int most)
    {
        int number = queues.GetProperty(name).GetInt32();
        return number >= least && number <= most ? number : throw new FormatException($"{name} is {number}; from {least} to {most} would do.");
    }

    private static TimeSpan Duration(JsonElement queues, string name, TimeSpan least)
    {
        var duration = TimeSpan.Parse(queues.GetProperty(name).GetString() ?? "", CultureInfo.InvariantCulture);
        return duration >= least ? duration : throw new FormatException($"{name} is {duration}; at least {least} would do.");
    }
}
