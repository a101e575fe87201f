using System.Diagnostics;
using System.Diagnostics.Metrics;
using Headwater.Queues.Messages;

namespace Headwater.Queues.Handling;

/// <summary>
/// Spans and metrics of the queue path under the name <c>Headwater.Queues</c>, following the OpenTelemetry semantic conventions for messaging
/// (https://opentelemetry.io/docs/specs/semconv/messaging/). The span of a message continues the trace of the request or CloudEvent that caused it.
/// </summary>
public static class QueueTelemetry
{
    /// <summary>Name of the activity source and the meter.</summary>
    public const string Name = "Headwater.Queues";

    private static readonly ActivitySource Source = new(Name);
    private static readonly Meter Meter = new(Name);
    private static readonly Counter<long> Handled = Meter.CreateCounter<long>(
        "headwater.queue.handled",
        "{message}",
        "Parts of queue messages handled, by outcome.");

    /// <summary>Starts the span of sending a batch to a queue.</summary>
    public static Activity? Send(string queue) => Start($"send {queue}", ActivityKind.Producer, queue, default);

    /// <summary>Starts the span of handling a batch: a child of the span that sent it, linked to the span that called the handler.</summary>
    public static Activity? Process(string queue, QueuedBatch batch)
    {
        ActivityContext.TryParse(batch.TraceParent, batch.TraceState, isRemote: true, out ActivityContext parent);
        return Start($"process {queue}", ActivityKind.Consumer, queue, parent);
    }

    /// <summary>Counts one handled part of a message.</summary>
    public static void Count(string queue, string outcome) => Handled.Add(1, new("queue", queue), new("outcome", outcome));

    /// <summary>Marks a span as failed.</summary>
    public static void Fail(Activity? activity, string code)
    {
        activity?.SetTag("error.type", code);
        activity?.SetStatus(ActivityStatusCode.Error);
    }

    private static Activity? Start(string name, ActivityKind kind, string queue, ActivityContext parent)
    {
        ActivityLink[]? links = parent != default && Activity.Current is { } current ? [new ActivityLink(current.Context)] : null;
        Activity? activity = parent == default ? Source.StartActivity(name, kind) : Source.StartActivity(name, kind, parent, links: links);
        activity?.SetTag("messaging.system", "azure_queue_storage");
        activity?.SetTag("messaging.destination.name", queue);
        return activity;
    }
}
