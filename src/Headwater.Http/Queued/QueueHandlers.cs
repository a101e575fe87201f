using System.Globalization;
using System.Text.Json;
using Headwater.Contracts.Errors;
using Headwater.Contracts.Text;
using Headwater.Http.Pipeline;
using Headwater.Queues;
using Headwater.Queues.Messages;
using Headwater.Queues.Stored;
using Microsoft.AspNetCore.Http;

namespace Headwater.Http.Queued;

/// <summary>What became of batches taken for later, and what was given up.</summary>
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
                $"There is no append {id}, or it was taken over {Durations.Format(queued.Options.OutcomeAge)} ago and its outcome is no longer kept.");
        if (status.State == AppendState.Queued)
            context.Response.Headers.RetryAfter = "1";
        await Answer.JsonAsync(context, StatusCodes.Status200OK, json => Write(json, status));
    }

    /// <summary>One read, and on the first page two peeks for messages that the runtime gave up.</summary>
    public async Task PoisonAsync(HttpContext context)
    {
        var query = new QueryParameters(context.Request, "limit", "after");
        int limit = (int)(query.Number("limit", 1, ListMax) ?? ListDefault);
        string? after = query.Text("after");
        IReadOnlyList<PoisonEntry> listed = await _poison.ListAsync(after, limit, context.RequestAborted);
        IReadOnlyList<PoisonEntry> unlisted = after is null ? await _poison.UnlistedAsync(context.RequestAborted) : [];
        string? next = listed.Count == limit ? listed[^1].Record.Ref : null;
        if (next is not null)
            context.Response.Headers.Link = string.Create(CultureInfo.InvariantCulture, $"</appends/poison?limit={limit}&after={next}>; rel=\"next\"");
        await Answer.JsonAsync(context, StatusCodes.Status200OK, json => Write(json, [.. unlisted, .. listed], next));
    }

    public async Task RedriveAsync(HttpContext context)
    {
        var query = new QueryParameters(context.Request, "limit", "ref");
        int limit = (int)(query.Number("limit", 1, ListMax) ?? ListDefault);
        string? reference = query.Text("ref");
        if (reference is not null && !TimedId.IsWellFormed(reference))
            throw Refusals.Parameter("ref", "is the ref of a message in GET /appends/poison, 32 hex digits.");
        IReadOnlyList<string> redriven = await _poison.RedriveAsync(limit, reference, context.RequestAborted);
        await Answer.JsonAsync(context, StatusCodes.Status200OK, json =>
        {
            json.WriteStartObject();
            json.WriteNumber("redriven", redriven.Count);
            json.WriteStartArray("refs");
            foreach (string known in redriven)
                json.WriteStringValue(known);
            json.WriteEndArray();
            json.WriteEndObject();
        });
    }

    private static void Write(Utf8JsonWriter json, QueuedStatus status)
    {
        json.WriteStartObject();
        json.WriteString("id", status.Id);
        json.WriteString("status", JsonNamingPolicy.CamelCase.ConvertName(status.State.ToString()));
        json.WriteString("stream", status.Stream);
        json.WriteString("at", status.At.UtcDateTime);
        if (status.State == AppendState.Appended)
        {
            json.WriteNumber("count", status.Count);
            json.WriteStartArray("partitions");
            foreach (QueuedShare share in status.Partitions)
                Write(json, share);
            json.WriteEndArray();
        }

        WriteText(json, "code", status.Code);
        WriteText(json, "reason", status.Reason);
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, QueuedShare share)
    {
        json.WriteStartObject();
        json.WriteNumber("partition", share.Partition);
        if (share.BaseOffset is { } start)
            json.WriteNumber("baseOffset", start);
        json.WriteNumber("count", share.Count);
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, IReadOnlyList<PoisonEntry> entries, string? next)
    {
        json.WriteStartObject();
        json.WriteStartArray("messages");
        foreach ((PoisonRecord record, string excerpt) in entries)
        {
            json.WriteStartObject();
            json.WriteString("ref", record.Ref);
            json.WriteString("queue", record.Queue);
            WriteText(json, "id", record.Id);
            WriteText(json, "stream", record.Stream);
            json.WriteString("code", record.Code);
            json.WriteString("reason", record.Reason);
            json.WriteString("at", record.At.UtcDateTime);
            json.WriteString("enqueued", record.Enqueued.UtcDateTime);
            json.WriteString("excerpt", excerpt);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        WriteText(json, "next", next);
        json.WriteEndObject();
    }

    private static void WriteText(Utf8JsonWriter json, string name, string? text)
    {
        if (text is not null)
            json.WriteString(name, text);
    }
}
