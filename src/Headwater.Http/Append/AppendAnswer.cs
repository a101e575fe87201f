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
    /// <exception cref="HeadwaterException">AppendPartial, AppendIncomplete.</exception>
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

    /// <summary>A repeat completes the request only if every partition that failed may take its share later.</summary>
    private static HeadwaterException Partial(AppendOutcome outcome)
    {
        HeadwaterException? final = outcome.Failed.Select(f => f.Error).FirstOrDefault(e => !e.Code.IsRetryable());
        HeadwaterException cause = final ?? outcome.Failed[0].Error;
        int failed = outcome.Failed.Sum(f => f.Events.Count);
        string advice = final is null
            ? "To complete the request, send it again with the same Idempotency-Key."
            : "A repeat of this request cannot complete it: send the events in \"failed\" in another request once the cause is gone.";
        return new HeadwaterException(
            final is null ? ErrorCode.AppendPartial : ErrorCode.AppendIncomplete,
            $"{outcome.Failed.Count} of {outcome.Failed.Count + outcome.Partitions.Count} partitions failed, "
                + $"with {failed} events not stored: {cause.Message} {advice}",
            cause)
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
