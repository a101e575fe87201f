using System.Diagnostics.CodeAnalysis;
using Headwater.Http.Answers;
using Headwater.Http.Problems;
using Headwater.Http.Requests;
using Headwater.Http.Routing;
using Headwater.Log.Errors;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Headwater.Http.Pipeline;

/// <summary>Runs every handler: checks access, records telemetry and turns exceptions into problem responses.</summary>
internal sealed class RequestPipeline(AccessPolicy access, RequestTelemetry telemetry, ILogger logger)
{
    /// <param name="context">The request.</param>
    /// <param name="route">The route; null if none matches, then <paramref name="handle"/> throws.</param>
    /// <param name="handle">Writes the response.</param>
    [SuppressMessage("Design", "CA1031:Do not catch general exception types", Justification = "The edge: every failure is logged and answered as a problem.")]
    public async Task RunAsync(HttpContext context, Route? route, Func<HttpContext, Task> handle)
    {
        using RequestMeasure measure = telemetry.Begin(context, route);
        try
        {
            SetDefaults(context.Response.Headers);
            if (route is not null)
            {
                Caller.Set(context, await access(context, route));
                if (route.Writes && !route.Contract.HasStrongTag)
                {
                    Preconditions.RefuseTags(context.Request);
                }
            }

            await handle(context);
        }
        catch (Exception exception) when (exception is OperationCanceledException or IOException && context.RequestAborted.IsCancellationRequested)
        {
            if (!context.Response.HasStarted)
            {
                context.Response.StatusCode = StatusCodes.Status499ClientClosedRequest;
            }

            measure.Failed("client_gone");
            logger.ClientGone(context.Request.Method, route?.Template);
        }
        catch (Exception exception)
        {
            await AnswerAsync(context, route, exception, measure);
        }
    }

    private async Task AnswerAsync(HttpContext context, Route? route, Exception exception, RequestMeasure measure)
    {
        Problem problem = Problem.From(exception, mayHaveStored: AppendProgress.HasBegun(context));
        measure.Failed(problem.CodeName);
        Report(context, route, problem, exception);
        if (ResponseBody.HasBegun(context))
        {
            // Part of the response was sent with a success status. Only an aborted connection shows the reader that the response is incomplete.
            context.Abort();
            return;
        }

        string? allow = context.Response.Headers.Allow;
        context.Response.Clear();
        SetDefaults(context.Response.Headers);
        if (allow is not null)
        {
            context.Response.Headers.Allow = allow;
        }

        await ProblemJson.WriteAsync(context, problem);
    }

    private static void SetDefaults(IHeaderDictionary headers)
    {
        headers.CacheControl = "no-store";
        headers.XContentTypeOptions = "nosniff";
    }

    private void Report(HttpContext context, Route? route, Problem problem, Exception exception)
    {
        if (problem.IsDefect)
        {
            logger.Defect(context.Request.Method, route?.Template, exception);
        }
        else if (problem.Status >= 500 && !StorageErrors.IsOutage(exception))
        {
            logger.Unavailable(context.Request.Method, route?.Template, problem.CodeName, exception);
        }
        else
        {
            logger.Refused(context.Request.Method, route?.Template, problem.CodeName, problem.Detail);
        }
    }
}
