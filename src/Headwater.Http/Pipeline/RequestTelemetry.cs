using System.Diagnostics;
using System.Diagnostics.Metrics;
using Headwater.Http.Routing;
using Microsoft.AspNetCore.Http;

namespace Headwater.Http.Pipeline;

/// <summary>
/// Traces and metrics of the API under the name <c>Headwater.Http</c>, following the OpenTelemetry semantic conventions for HTTP servers
/// (https://opentelemetry.io/docs/specs/semconv/http/). Streams and keys are never tags, because their number is unbounded.
/// </summary>
internal sealed class RequestTelemetry(TimeProvider time)
{
    public const string Name = "Headwater.Http";

    private static readonly ActivitySource Source = new(Name);
    private static readonly Meter Meter = new(Name);
    private static readonly Histogram<double> Duration =
        Meter.CreateHistogram<double>("http.server.request.duration", "s", "Duration of requests.");

    public RequestMeasure Begin(HttpContext context, Route? route)
    {
        Activity? activity = Start(context.Request, route?.ToString() ?? context.Request.Method);
        activity?.SetTag("http.request.method", context.Request.Method);
        activity?.SetTag("http.route", route?.Template);
        activity?.SetTag("url.path", context.Request.Path.Value);
        return new RequestMeasure(context, route, activity, time);
    }

    /// <summary>Inside the span around this one, or else the caller's by its header (https://www.w3.org/TR/trace-context/).</summary>
    private static Activity? Start(HttpRequest request, string name)
    {
        if (!Source.HasListeners())
        {
            return null;
        }

        // Without a listener, the server still starts its own span, marked as not recorded. As the parent, that span would suppress ours.
        if (Activity.Current is { Source.Name: "" })
        {
            Activity.Current = null;
        }

        if (Activity.Current is not null)
        {
            return Source.StartActivity(name, ActivityKind.Internal); // The one around it counts as the request.
        }

        _ = ActivityContext.TryParse(request.Headers.TraceParent, request.Headers.TraceState, isRemote: true, out ActivityContext caller);
        return Source.StartActivity(name, ActivityKind.Server, caller);
    }

    internal static void Record(TimeSpan elapsed, in TagList tags) => Duration.Record(elapsed.TotalSeconds, tags);
}

/// <summary>One request being measured; disposing it records.</summary>
internal sealed class RequestMeasure(HttpContext context, Route? route, Activity? activity, TimeProvider time) : IDisposable
{
    private readonly long _started = time.GetTimestamp();
    private string? _error;

    /// <param name="code">Why the request was not answered as asked.</param>
    public void Failed(string code) => _error = code;

    public void Dispose()
    {
        int status = context.Response.StatusCode;
        var tags = new TagList
        {
            { "http.request.method", Known(context.Request.Method) },
            { "http.response.status_code", status },
        };
        if (route is not null)
        {
            tags.Add("http.route", route.Template);
        }

        if (_error is not null)
        {
            tags.Add("error.type", _error);
        }

        RequestTelemetry.Record(time.GetElapsedTime(_started), tags);
        activity?.SetTag("http.response.status_code", status);
        activity?.SetTag("error.type", _error);
        if (status >= 500)
        {
            activity?.SetStatus(ActivityStatusCode.Error);
        }

        activity?.Dispose();
    }

    // A client chooses the method's text: only known ones may become a metric's dimension.
    private static string Known(string method) =>
        HttpMethods.IsGet(method) || HttpMethods.IsHead(method) || HttpMethods.IsPost(method) || HttpMethods.IsPut(method)
        || HttpMethods.IsPatch(method) || HttpMethods.IsDelete(method) || HttpMethods.IsOptions(method)
            ? method
            : "_OTHER";
}
