using System.Globalization;
using Headwater.Contracts.Answers;
using Headwater.Contracts.Errors;
using Headwater.Contracts.Json;
using Headwater.Contracts.Text;
using Headwater.Http.Answers;
using Headwater.Http.Requests;
using Headwater.Queues;
using Headwater.Queues.Messages;
using Headwater.Queues.Stored;
using Microsoft.AspNetCore.Http;

namespace Headwater.Http.Queued;

/// <summary>The status of asynchronous appends, and poisoned messages.</summary>
internal sealed class QueueHandlers(QueuedAppends queued)
{
    private const int ListDefault = 100;
    private const int ListMax = 1_000;

    private readonly PoisonQueues _poison = new(queued);

    public async Task StatusAsync(HttpContext context)
    {
        _ = new QueryParameters(context.Request);
        string id = context.Request.RouteValues["id"] as string ?? "";
        QueuedStatus status = (TimedId.IsWellFormed(id) ? await queued.FindStatusAsync(id, context.RequestAborted) : null)
            ?? throw new HeadwaterException(
                ErrorCode.AppendNotFound,
                $"Append {id} does not exist, or it was accepted more than {Durations.Format(queued.Options.OutcomeAge)} ago and its status has expired.");
        if (status.State == AppendState.Queued)
        {
            context.Response.Headers.RetryAfter = "1";
        }

        await Answer.JsonAsync(context, StatusCodes.Status200OK, QueueJson.Of(status), ContractJson.Default.AppendStatusAnswer);
    }

    /// <summary>Lists poisoned messages. Costs one read, and for the first page two peeks for messages that the runtime gave up.</summary>
    public async Task PoisonAsync(HttpContext context)
    {
        var query = new QueryParameters(context.Request, "limit", "after");
        int limit = (int)(query.Number("limit", 1, ListMax) ?? ListDefault);
        string? after = query.After();
        IReadOnlyList<PoisonEntry> listed = await _poison.ListAsync(after, limit, context.RequestAborted);
        IReadOnlyList<PoisonEntry> unlisted = after is null ? await _poison.UnlistedAsync(context.RequestAborted) : [];
        string? next = listed.Count == limit ? listed[^1].Record.Ref : null;
        if (next is not null)
        {
            context.Response.Headers.Link = string.Create(CultureInfo.InvariantCulture, $"</appends/poison?limit={limit}&after={next}>; rel=\"next\"");
        }

        var answer = new PoisonListAnswer([.. unlisted.Concat(listed).Select(QueueJson.Of)], next);
        await Answer.JsonAsync(context, StatusCodes.Status200OK, answer, ContractJson.Default.PoisonListAnswer);
    }

    public async Task RedriveAsync(HttpContext context)
    {
        var query = new QueryParameters(context.Request, "limit", "ref", "force");
        int limit = (int)(query.Number("limit", 1, ListMax) ?? ListDefault);
        string? reference = query.Text("ref");
        if (reference is not null && !TimedId.IsWellFormed(reference))
        {
            throw Refusals.Parameter("ref", "must be the ref of a message in GET /appends/poison, which has 32 hex digits.");
        }

        IReadOnlyList<string> redriven = await _poison.RedriveAsync(limit, reference, query.Flag("force"), context.RequestAborted);
        await Answer.JsonAsync(context, StatusCodes.Status200OK, new RedrivenAnswer(redriven.Count, redriven), ContractJson.Default.RedrivenAnswer);
    }

    public async Task DiscardAsync(HttpContext context)
    {
        _ = new QueryParameters(context.Request);
        string reference = context.Request.RouteValues["ref"] as string ?? "";
        if (!TimedId.IsWellFormed(reference) || !await _poison.DiscardAsync(reference, context.RequestAborted))
        {
            throw new HeadwaterException(
                ErrorCode.AppendNotFound,
                $"Message {reference} is not on a poison queue, or another redrive or discard holds it for up to 5 minutes; "
                    + "GET /appends/poison lists all messages.");
        }

        await Answer.Empty(context, StatusCodes.Status204NoContent);
    }
}
