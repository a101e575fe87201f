using Headwater.Contracts.Errors;
using Headwater.Contracts.Headers;
using Headwater.Contracts.Json;
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
            context.Response.Headers[HeaderNames.IdempotentReplay] = "true";
        }

        if (wantsOffsets)
        {
            context.Response.Headers[HeaderNames.PreferenceApplied] = AppendHeaders.Representation;
        }

        return Answer.JsonAsync(context, StatusCodes.Status200OK, AppendJson.Of(outcome, events, wantsOffsets), ContractJson.Default.AppendedAnswer);
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
            Facts = new AppendPartialFacts([.. outcome.Partitions.Select(Stored)], [.. outcome.Failed.Select(Refused)]),
        };
    }

    private static StoredShare Stored(PartitionAppend share) => new(share.Partition.Value, share.Base?.Value, share.Events.Count);

    private static FailedShare Refused(PartitionFailure share) => new(
        share.Partition.Value,
        [.. share.Events],
        share.Error.Code.WireName(),
        share.Error.Code.IsRetryable(),
        share.Error.Appended.WireName(),
        share.Error.Message);
}
