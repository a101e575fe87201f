using System.Diagnostics;
using System.Diagnostics.Metrics;
using Headwater.Queues.Messages;

namespace Headwater.Queues.Handling;

/// <summary>
/// Spans and metrics of the queue path under the name <c>Headwater.Queues</c>, named as the OpenTelemetry semantic conventions for messaging have them
/// (https://opentelemetry.io/docs/specs/semconv/messaging/). A message's span continues the trace of the request, or of the CloudEvent, that it came from.
/// </summary>
public static class QueueTelemetry
{
    public const string Name = "Headwater.Queues";

    private static readonly ActivitySource Source = new(Name);
    private static readonly Meter Meter = new(Name);
    private static readonly Counter<long> Handled = Meter.CreateCounter<long>("headwater.queue.handled", "{message}", "Parts of queue messages handled, by outcome.");

    /// <summary>A batch goes on a queue.</summary>
    public static Activity? Send(string queue) => Start($"send {queue}", ActivityKind.Producer, queue, default);

    /// <summary>A batch is taken from a queue: a child of whatever put it there, linked to what called the handler.</summary>
    public static Activity? Process(string queue, QueuedBatch batch)
    {
        ActivityContext.TryParse(batch.TraceParent, batch.TraceState, isRemote: true, out ActivityContext parent);
        return Start($"process {queue}", ActivityKind.Consumer, queue, parent);
    }

    public static void Count(string queue, string outcome) => Handled.Add(1, new("queue", queue), new("outcome", outcome));

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
