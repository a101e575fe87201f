using Headwater.Contracts.Errors;
using Headwater.Log;
using Headwater.Log.Model;
using Microsoft.AspNetCore.Http;

namespace Headwater.Http.Requests;

/// <summary>Answers requests that only read a stream.</summary>
internal static class StreamReading
{
    /// <summary>
    /// Answers by the description of the request's stream. If the description turns out to be one of a deleted stream whose name another stream has, answers
    /// by the description of the other stream: the client gave only the name.
    /// </summary>
    /// <param name="log">The log.</param>
    /// <param name="context">The request.</param>
    /// <param name="answer">Throws StreamChanged only before it begins the response.</param>
    public static async Task AnswerAsync(EventLog log, HttpContext context, Func<StreamDescription, Task> answer)
    {
        StreamName name = RequestPath.Stream(context);
        try
        {
            await answer(await log.Streams.GetAsync(name, context.RequestAborted));
        }
        catch (HeadwaterException changed) when (changed.Code == ErrorCode.StreamChanged && !context.Response.HasStarted)
        {
            await answer(await log.Streams.ReloadAsync(name, context.RequestAborted));
        }
    }
}
