using Headwater.Contracts.Errors;
using Headwater.Http.Answers;
using Headwater.Log.Append;
using Headwater.Log.Telemetry;
using Microsoft.AspNetCore.Http;

namespace Headwater.Http.Append;

/// <summary>Responds with the positions of the events, or with the partitions that failed.</summary>
internal static class AppendAnswer
{
    /// <exception cref="HeadwaterException">AppendPartial.</exception>
    public static Task WriteAsync(HttpContext context, AppendOutcome outcome, int events, bool wantsOffsets)
    {
        if (outcome.Failed.Count > 0)
        {
            throw Partial(outcome);
        }

        EventTelemetry.Appended(events);
        if (outcome.IsReplay)
        {
            context.Response.Headers["Idempotent-Replay"] = "true";
        }

        if (wantsOffsets)
        {
            context.Response.Headers["Preference-Applied"] = AppendHeaders.Representation;
        }

        return Answer.JsonAsync(context, StatusCodes.Status200OK, json => AppendJson.Write(json, outcome, events, wantsOffsets));
    }

    private static HeadwaterException Partial(AppendOutcome outcome)
    {
        HeadwaterException first = outcome.Failed[0].Error;
        int failed = outcome.Failed.Sum(f => f.Events.Count);
        return new HeadwaterException(
            ErrorCode.AppendPartial,
            $"{outcome.Failed.Count} of {outcome.Failed.Count + outcome.Partitions.Count} partitions failed, with {failed} events not stored: {first.Message} "
            + "To complete the request, send it again with the same Idempotency-Key.",
            first)
        {
            RetryAfter = outcome.Failed.Max(f => f.Error.RetryAfter),
            Facts = new Dictionary<string, object?>
            {
                ["partitions"] = outcome.Partitions.Select(Taken).ToList(),
                ["failed"] = outcome.Failed.Select(Refused).ToList(),
            },
        };
    }

    private static Dictionary<string, object?> Taken(PartitionAppend share) => new()
    {
        ["partition"] = share.Partition,
        ["baseOffset"] = share.Base,
        ["count"] = share.Events.Count,
    };

    private static Dictionary<string, object?> Refused(PartitionFailure share) => new()
    {
        ["partition"] = share.Partition,
        ["events"] = share.Events,
        ["code"] = share.Error.Code.WireName(),
        ["retryable"] = share.Error.Code.IsRetryable(),
        ["appended"] = share.Error.Code.Appended().WireName(),
        ["detail"] = share.Error.Message,
    };
}
