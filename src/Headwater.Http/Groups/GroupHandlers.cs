using Headwater.Contracts.Errors;
using Headwater.Contracts.Json;
using Headwater.Contracts.Media;
using Headwater.Http.Answers;
using Headwater.Http.Bodies;
using Headwater.Http.Requests;
using Headwater.Log;
using Headwater.Log.Groups.Model;
using Headwater.Log.Groups.Offsets;
using Headwater.Log.Model;
using Microsoft.AspNetCore.Http;

namespace Headwater.Http.Groups;

/// <summary>Consumer groups: list, describe, delete; join and heartbeat; commit; reset.</summary>
internal sealed class GroupHandlers(EventLog log, RequestBody bodies)
{
    private const int ListDefault = 100;
    private const int ListMax = 1000;

    /// <summary>
    /// The parts of a stream's description that a heartbeat uses never change, so they are cached for 10 minutes. A heartbeat that writes nothing checks once
    /// a minute that the stream still exists.
    /// </summary>
    private static readonly TimeSpan StreamRemembered = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan StreamRechecked = TimeSpan.FromMinutes(1);

    private readonly SettingsBody _settings = new(bodies);

    public async Task ListAsync(HttpContext context)
    {
        var query = new QueryParameters(context.Request, "limit", "after");
        int limit = (int)(query.Number("limit", 1, ListMax) ?? ListDefault);
        StreamDescription stream = await StreamAsync(context);
        GroupPage page = await log.Groups.ListAsync(stream, query.After(), limit, context.RequestAborted);
        if (page.Next is not null)
        {
            context.Response.Headers.Link = $"</streams/{stream.Name}/groups?after={Uri.EscapeDataString(page.Next)}&limit={limit}>; rel=\"next\"";
        }

        await Answer.JsonAsync(context, StatusCodes.Status200OK, GroupJson.Of(page), ContractJson.Default.GroupListAnswer);
    }

    public Task GetAsync(HttpContext context)
    {
        _ = new QueryParameters(context.Request);
        return StreamReading.AnswerAsync(log, context, async stream =>
        {
            GroupDescription group = await log.Groups.DescribeAsync(stream, RequestPath.Group(context), context.RequestAborted);
            await Answer.TaggedJsonAsync(context, StatusCodes.Status200OK, GroupJson.Of(group), ContractJson.Default.GroupAnswer, isStrong: false);
        });
    }

    public async Task DeleteAsync(HttpContext context)
    {
        bool force = new QueryParameters(context.Request, "force").Flag("force");
        await log.Groups.DeleteAsync(await StreamAsync(context), RequestPath.Group(context), force, context.RequestAborted);
        await Answer.Empty(context, StatusCodes.Status204NoContent);
    }

    public async Task CommitAsync(HttpContext context)
    {
        _ = new QueryParameters(context.Request);
        GroupName group = RequestPath.Group(context);
        CommitBody body = await _settings.ReadAsync(context, [MediaTypes.Json], GroupBodies.Commit);
        StreamDescription stream = await StreamAsync(context);
        await log.Groups.CommitAsync(stream, group, body.On(stream), context.RequestAborted);
        await Answer.Empty(context, StatusCodes.Status204NoContent);
    }

    public async Task JoinAsync(HttpContext context)
    {
        _ = new QueryParameters(context.Request);
        StreamName name = RequestPath.Stream(context);
        GroupName group = RequestPath.Group(context);
        MemberBody body = await _settings.ReadAsync(context, [MediaTypes.Json], GroupBodies.Member);
        StreamDescription stream = await log.Streams.RecallAsync(name, StreamRemembered, context.RequestAborted);
        MemberAnswer answer = await log.Groups.JoinAsync(stream, group, body.On(stream), context.RequestAborted);
        if (!answer.Renewed && (await log.Streams.RecallAsync(name, StreamRechecked, context.RequestAborted)).StreamId != stream.StreamId)
        {
            throw new HeadwaterException(
                ErrorCode.StreamChanged,
                $"Stream '{name}' was deleted and created again; discard all state and join the group again.");
        }

        await Answer.JsonAsync(context, StatusCodes.Status200OK, GroupJson.Of(answer), ContractJson.Default.MemberBeatAnswer);
    }

    public async Task LeaveAsync(HttpContext context)
    {
        var query = new QueryParameters(context.Request, "generation");
        Generation? generation = query.Number("generation", 0, long.MaxValue) is { } number ? new Generation(number) : null;
        await log.Groups.LeaveAsync(await StreamAsync(context), RequestPath.Group(context), RequestPath.Member(context), generation, context.RequestAborted);
        await Answer.Empty(context, StatusCodes.Status204NoContent);
    }

    public Task ResetAsync(HttpContext context) => ResetAsync(context, force: false);

    public Task ForceResetAsync(HttpContext context) => ResetAsync(context, force: true);

    private async Task ResetAsync(HttpContext context, bool force)
    {
        _ = new QueryParameters(context.Request);
        GroupName group = RequestPath.Group(context);
        ResetBody body = await _settings.ReadAsync(context, [MediaTypes.Json], GroupBodies.Reset);
        StreamDescription stream = await StreamAsync(context);
        ResetOutcome outcome = await log.Groups.ResetAsync(stream, group, body.On(stream, force), context.RequestAborted);
        await Answer.JsonAsync(context, StatusCodes.Status200OK, GroupJson.Of(outcome), ContractJson.Default.OffsetResetAnswer);
    }

    private Task<StreamDescription> StreamAsync(HttpContext context) => log.Streams.GetAsync(RequestPath.Stream(context), context.RequestAborted);
}
