using Headwater.Contracts.Answers;
using Headwater.Contracts.Json;
using Headwater.Contracts.Media;
using Headwater.Http.Answers;
using Headwater.Http.Bodies;
using Headwater.Http.Maintenance;
using Headwater.Http.Requests;
using Headwater.Log;
using Headwater.Log.Maintenance;
using Headwater.Log.Model;
using Headwater.Log.Streams;
using Microsoft.AspNetCore.Http;

namespace Headwater.Http.Streams;

/// <summary>The catalogue: list, create, describe, configure, delete.</summary>
internal sealed class StreamHandlers(EventLog log, RequestBody bodies)
{
    private const int ListDefault = 100;
    private const int ListMax = 1000;

    private readonly SettingsBody _settings = new(bodies);

    public async Task ListAsync(HttpContext context)
    {
        var query = new QueryParameters(context.Request, "limit", "after");
        int limit = (int)(query.Number("limit", 1, ListMax) ?? ListDefault);
        StreamPage page = await log.Streams.ListAsync(query.After(), limit, context.RequestAborted);
        if (page.Next is not null)
        {
            context.Response.Headers.Link = $"</streams?after={Uri.EscapeDataString(page.Next)}&limit={limit}>; rel=\"next\"";
        }

        await Answer.JsonAsync(context, StatusCodes.Status200OK, StreamJson.Of(page), ContractJson.Default.StreamListAnswer);
    }

    public async Task PutAsync(HttpContext context)
    {
        _ = new QueryParameters(context.Request);
        StreamName name = RequestPath.Stream(context);
        StreamSettings settings = await _settings.ReadAsync(context, [MediaTypes.Json], StreamSettingsReader.Settings);
        StreamCreation creation = await log.Streams.CreateAsync(name, settings, ConditionOf(context), context.RequestAborted);
        if (creation.Created)
        {
            context.Response.Headers.Location = $"/streams/{name}";
        }

        await AnswerAsync(context, creation.Created ? StatusCodes.Status201Created : StatusCodes.Status200OK, creation.Stream);
    }

    public async Task GetAsync(HttpContext context)
    {
        _ = new QueryParameters(context.Request);
        StreamDescription stream = await log.Streams.GetAsync(RequestPath.Stream(context), context.RequestAborted);
        MaintenanceFailure? failure = await log.Maintenance.FailureOfAsync(stream, context.RequestAborted);
        await (failure is null ? AnswerAsync(context, StatusCodes.Status200OK, stream) : AnswerAsync(context, stream, failure));
    }

    public async Task PatchAsync(HttpContext context)
    {
        _ = new QueryParameters(context.Request);
        StreamName name = RequestPath.Stream(context);
        StreamChange change = await _settings.ReadAsync(context, [MediaTypes.Json, MediaTypes.MergePatch], StreamSettingsReader.Change);
        await AnswerAsync(context, StatusCodes.Status200OK, await log.Streams.ConfigureAsync(name, change, ConditionOf(context), context.RequestAborted));
    }

    public async Task DeleteAsync(HttpContext context)
    {
        _ = new QueryParameters(context.Request);
        await log.Streams.DeleteAsync(RequestPath.Stream(context), ConditionOf(context), context.RequestAborted);
        await Answer.Empty(context, StatusCodes.Status204NoContent);
    }

    private static StreamCondition ConditionOf(HttpContext context)
    {
        var conditions = Preconditions.Of(context.Request);
        return stream =>
        {
            if (!conditions.IsEmpty)
            {
                conditions.Require(
                    stream is null ? null : Answer.TagOf(StreamJson.Of(stream, withSchema: true), ContractJson.Default.StreamAnswer, isStrong: true));
            }
        };
    }

    /// <summary>A failure must not make a change under If-Match fail, so If-Match takes the tag for that of the settings.</summary>
    private static Task AnswerAsync(HttpContext context, StreamDescription stream, MaintenanceFailure failure)
    {
        StreamAnswer settings = StreamJson.Of(stream, withSchema: true);
        ContentTag tag = Answer.TagOf(settings, ContractJson.Default.StreamAnswer, isStrong: true);
        StreamAnswer whole = settings with { MaintenanceFailure = MaintenanceJson.Of(failure) };
        return Answer.PartlyTaggedJsonAsync(context, whole, ContractJson.Default.StreamAnswer, tag);
    }

    private static Task AnswerAsync(HttpContext context, int status, StreamDescription stream) =>
        Answer.TaggedJsonAsync(context, status, StreamJson.Of(stream, withSchema: true), ContractJson.Default.StreamAnswer, isStrong: true);
}
