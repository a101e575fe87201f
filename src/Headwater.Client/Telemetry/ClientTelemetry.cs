using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Headwater.Client;

/// <summary>
/// Traces and metrics under the name <c>Headwater.Client</c>, by the OpenTelemetry semantic conventions for messaging
/// (https://opentelemetry.io/docs/specs/semconv/messaging/). Keys and positions are never dimensions of metrics, because their number is unbounded.
/// </summary>
internal static class ClientTelemetry
{
    public const string Name = "Headwater.Client";

    /// <summary>The header in which an event carries the trace that it was made in (https://www.w3.org/TR/trace-context/).</summary>
    public const string TraceHeader = "traceparent";

    private const string SystemName = "headwater";

    private static readonly ActivitySource Source = new(Name);

    private static readonly Meter Meter = new(Name);

    private static readonly Histogram<double> Operations =
        Meter.CreateHistogram<double>("messaging.client.operation.duration", "s", "Duration of requests that send or receive events.");

    private static readonly Histogram<double> Processing =
        Meter.CreateHistogram<double>("messaging.process.duration", "s", "Duration of the program's work on an event.");

    private static readonly Counter<long> Sent = Meter.CreateCounter<long>("messaging.client.sent.messages", "{message}", "Events that were sent.");

    private static readonly Counter<long> Consumed =
        Meter.CreateCounter<long>("messaging.client.consumed.messages", "{message}", "Events that were handed to the program.");

    /// <summary>The trace to write into events; null if no listener records this client.</summary>
    public static string? CurrentTrace => Source.HasListeners() && Activity.Current is { IdFormat: ActivityIdFormat.W3C } current ? current.Id : null;

    /// <summary>A request that sends events.</summary>
    public static Operation Send(string stream, int events, TimeProvider time) =>
        new(Begin("send", stream, ActivityKind.Producer, default), new Tags("send", stream), time, Operations, Sent, events);

    /// <summary>A request that receives events; <see cref="Operation.Received"/> says how many.</summary>
    public static Operation Receive(string stream, TimeProvider time) =>
        new(Begin("receive", stream, ActivityKind.Client, default), new Tags("receive", stream), time, Operations, null, 0);

    /// <summary>The program's work on an event, as a part of the trace that the event was made in.</summary>
    /// <param name="stream">The stream's name.</param>
    /// <param name="partition">The event's partition.</param>
    /// <param name="trace">The event's header; null if there is none.</param>
    /// <param name="time">The clock.</param>
    public static Operation Process(string stream, int partition, string? trace, TimeProvider time)
    {
        _ = ActivityContext.TryParse(trace, null, isRemote: true, out ActivityContext made);
        Activity? activity = Begin("process", stream, ActivityKind.Consumer, made);
        activity?.SetTag("messaging.destination.partition.id", partition.ToString(System.Globalization.CultureInfo.InvariantCulture));
        return new Operation(activity, new Tags("process", stream), time, Processing, Consumed, 1);
    }

    private static Activity? Begin(string operation, string stream, ActivityKind kind, ActivityContext parent)
    {
        if (!Source.HasListeners())
        {
            return null;
        }

        Activity? activity = Source.StartActivity($"{operation} {stream}", kind, parent);
        activity?.SetTag("messaging.system", SystemName);
        activity?.SetTag("messaging.operation.name", operation);
        activity?.SetTag("messaging.destination.name", stream);
        return activity;
    }

    /// <summary>The dimensions of an operation's metrics.</summary>
    internal readonly record struct Tags(string Operation, string Stream)
    {
        public TagList ToList(string? error)
        {
            var tags = new TagList
            {
                { "messaging.system", SystemName },
                { "messaging.operation.name", Operation },
                { "messaging.destination.name", Stream },
            };
            if (error is not null)
            {
                tags.Add("error.type", error);
            }

            return tags;
        }
    }
}

/// <summary>One operation being measured; disposing it records.</summary>
internal sealed class Operation(
    Activity? activity, ClientTelemetry.Tags tags, TimeProvider time, Histogram<double> duration, Counter<long>? counter, int events) : IDisposable
{
    private readonly long _began = time.GetTimestamp();

    private string? _error;

    /// <summary>Events that a request received.</summary>
    public void Received(int count) => activity?.SetTag("messaging.batch.message_count", count);

    /// <summary>Runs the operation, and records what it fails with.</summary>
    public async Task<TResult> WatchAsync<TResult>(Func<Task<TResult>> work)
    {
        Task<TResult> working = work();
        await ((Task)working).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (working.Exception?.InnerException is { } error)
        {
            Failed(error is HeadwaterException problem ? problem.Code : error.GetType().Name);
        }

        return await working;
    }

    /// <param name="error">The problem's code, or the exception's type.</param>
    public void Failed(string error) => _error = error;

    public void Dispose()
    {
        TagList dimensions = tags.ToList(_error);
        duration.Record(time.GetElapsedTime(_began).TotalSeconds, dimensions);
        if (_error is null)
        {
            counter?.Add(events, dimensions);
        }
        else
        {
            activity?.SetTag("error.type", _error);
            activity?.SetStatus(ActivityStatusCode.Error);
        }

        activity?.Dispose();
    }
}
