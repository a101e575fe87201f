using System.Globalization;
using Headwater.Http.Answers;
using Headwater.Queues.Messages;
using Microsoft.AspNetCore.Http;

namespace Headwater.Http.Append;

/// <summary>The answer to events that were accepted to be appended later: 202 and where to ask for the outcome.</summary>
internal static class QueuedAnswer
{
    private const int RetrySeconds = 1;

    public static Task WriteAsync(HttpContext context, QueuedBatch batch, int count)
    {
        context.Response.Headers.Location = $"/appends/{batch.Id}";
        context.Response.Headers["Preference-Applied"] = AppendHeaders.RespondAsync;
        context.Response.Headers.RetryAfter = RetrySeconds.ToString(CultureInfo.InvariantCulture);
        return Answer.JsonAsync(context, StatusCodes.Status202Accepted, json =>
        {
            json.WriteStartObject();
            json.WriteString("id", batch.Id);
            json.WriteString("status", "queued");
            json.WriteString("stream", batch.Stream);
            json.WriteNumber("count", count);
            json.WriteEndObject();
        });
    }
}
