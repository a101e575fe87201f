using System.Globalization;
using Headwater.Http.Answers;
using Headwater.Queues.Messages;
using Microsoft.AspNetCore.Http;

namespace Headwater.Http.Append;

/// <summary>The response to an asynchronous append: 202 with the address of the status.</summary>
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
