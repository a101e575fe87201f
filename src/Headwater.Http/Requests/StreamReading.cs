using Headwater.Contracts.Errors;
using Headwater.Contracts.Headers;
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
            await AnswerAsync(log, context, await log.Streams.GetAsync(name, context.RequestAborted), answer);
        }
        catch (HeadwaterException changed) when (changed.Code == ErrorCode.StreamChanged && !context.Response.HasStarted)
        {
            await AnswerAsync(log, context, await log.Streams.ReloadAsync(name, context.RequestAborted), answer);
        }
    }

    /// <summary>
    /// The stream that the request means: that of its name, which must have the id in header Stream-Id, if there is one. The answer gets the id in the same
    /// header. Costs one read if the description in memory has another id.
    /// </summary>
    /// <exception cref="HeadwaterException">StreamNotFound, StreamReplaced.</exception>
    public static async Task<StreamDescription> MeantAsync(EventLog log, HttpContext context)
    {
        StreamDescription stream = await MeantAsync(log, context, await log.Streams.GetAsync(RequestPath.Stream(context), context.RequestAborted));
        context.Response.Headers[HeaderNames.StreamId] = stream.StreamId;
        return stream;
    }

    /// <summary>Requires that an id which the client remembers is the stream's.</summary>
    /// <exception cref="HeadwaterException">StreamReplaced.</exception>
    public static void Require(StreamDescription stream, string id)
    {
        if (id != stream.StreamId)
        {
            throw new HeadwaterException(
                ErrorCode.StreamReplaced,
                $"Stream '{stream.Name}' was deleted and created again: the request means the stream with id {id}, the id is {stream.StreamId} now.")
            {
                Facts = new StreamIdFacts(stream.StreamId),
            };
        }
    }

    private static async Task AnswerAsync(EventLog log, HttpContext context, StreamDescription known, Func<StreamDescription, Task> answer)
    {
        StreamDescription stream = await MeantAsync(log, context, known);
        context.Response.Headers[HeaderNames.StreamId] = stream.StreamId;
        await answer(stream);
    }

    private static async Task<StreamDescription> MeantAsync(EventLog log, HttpContext context, StreamDescription known)
    {
        string? id = context.Request.Headers[HeaderNames.StreamId];
        if (id is null || id == known.StreamId)
        {
            return known;
        }

        StreamDescription current = await log.Streams.ReloadAsync(known.Name, context.RequestAborted);
        Require(current, id);
        return current;
    }
}
