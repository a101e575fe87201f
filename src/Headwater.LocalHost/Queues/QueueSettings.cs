using System.Globalization;
using System.Text.Json;
using Headwater.LocalHost.Errors;

namespace Headwater.LocalHost.Queues;

/// <summary>
/// The queue settings in <c>host.json</c>, which this host applies as the Functions host does
/// (https://learn.microsoft.com/azure/azure-functions/functions-bindings-storage-queue#host-json).
/// </summary>
internal sealed record QueueSettings
{
    /// <summary>The number of messages per receive, 1 to 32.</summary>
    public required int BatchSize { get; init; }

    /// <summary>The next batch is received when at most this number of messages is being handled.</summary>
    public required int NewBatchThreshold { get; init; }

    /// <summary>The longest pause between receives from an empty queue.</summary>
    public required TimeSpan MaxPollingInterval { get; init; }

    /// <summary>
    /// The time after which a failed message is visible again. This host also hides a message for this time while handling it, and renews
    /// it.
    /// </summary>
    public required TimeSpan VisibilityTimeout { get; init; }

    /// <summary>The number of failed attempts after which a message is moved to the poison queue.</summary>
    public required int MaxDequeueCount { get; init; }

    /// <summary>Reads the <c>host.json</c> beside the program, a copy of the one at the root of the repository.</summary>
    public static QueueSettings Load() => Read(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "host.json")));

    /// <exception cref="HostException">A setting is missing or out of range.</exception>
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
        return number >= least && number <= most ? number : throw new FormatException($"{name} is {number}; it must be {least} to {most}.");
    }

    private static TimeSpan Duration(JsonElement queues, string name, TimeSpan least)
    {
        var duration = TimeSpan.Parse(queues.GetProperty(name).GetString() ?? "", CultureInfo.InvariantCulture);
        return duration >= least ? duration : throw new FormatException($"{name} is {duration}; it must be at least {least}.");
    }
}
