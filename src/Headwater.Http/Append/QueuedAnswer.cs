using System.Globalization;
using Headwater.Contracts.Answers;
using Headwater.Contracts.Headers;
using Headwater.Contracts.Json;
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
        context.Response.Headers[HeaderNames.PreferenceApplied] = AppendHeaders.RespondAsync;
        context.Response.Headers.RetryAfter = RetrySeconds.ToString(CultureInfo.InvariantCulture);
        return Answer.JsonAsync(
            context,
            StatusCodes.Status202Accepted,
            new AppendAcceptedAnswer(batch.Id, "queued", batch.Stream, count),
            ContractJson.Default.AppendAcceptedAnswer);
    }
}
