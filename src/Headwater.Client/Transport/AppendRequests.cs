using Headwater.Contracts.Answers;
using Headwater.Contracts.Json;

namespace Headwater.Client;

/// <summary>Repeats a request that appends until its answer says that every event is stored.</summary>
internal static class AppendRequests
{
    /// <param name="api">The connection.</param>
    /// <param name="request">Has an Idempotency-Key or a sequence number, so that a repeat stores nothing twice.</param>
    /// <param name="backoff">How long to repeat.</param>
    /// <param name="isOfRequest">
    /// Whether an answer of status 200 is about this request. Another one, for example a proxy's, leaves it open whether events are stored, so the request is
    /// repeated.
    /// </param>
    /// <param name="cancellation">Stops the repeats; the outcome is then unknown.</param>
    /// <exception cref="HeadwaterException">The last failure. Its Appended also covers the attempts before.</exception>
    public static async Task<(ApiAnswer Answer, AppendedAnswer Appended)> UntilStoredAsync(
        ApiConnection api, ApiRequest request, Backoff backoff, Func<AppendedAnswer, bool> isOfRequest, CancellationToken cancellation)
    {
        bool mayBeStored = false;
        while (true)
        {
            try
            {
                ApiAnswer answer = await api.SendAsync(request, cancellation);
                return (answer, Read(answer, isOfRequest));
            }
            catch (HeadwaterException failed)
            {
                mayBeStored |= failed.Appended != Appended.No;
                if (failed.Retryable && await backoff.TryWaitAsync(failed.RetryAfter, cancellation))
                {
                    continue;
                }

                if (mayBeStored && failed.Appended == Appended.No)
                {
                    throw MayBeStored(failed);
                }

                throw;
            }
        }
    }

    private static AppendedAnswer Read(ApiAnswer answer, Func<AppendedAnswer, bool> isOfRequest)
    {
        string fault = "It does not name the events of the request.";
        try
        {
            AppendedAnswer appended = ApiConnection.Parse(answer, ContractJson.Default.AppendedAnswer);
            if (isOfRequest(appended))
            {
                return appended;
            }
        }
        catch (HeadwaterException foreign)
        {
            fault = foreign.Message;
        }

        throw new HeadwaterException(HeadwaterException.NoAnswer, $"The answer does not say whether the events are stored. {fault}")
        {
            Status = answer.Status,
            Retryable = true,
            Appended = Appended.Unknown,
        };
    }

    private static HeadwaterException MayBeStored(HeadwaterException last) => new(last.Code, last.Message, last)
    {
        Status = last.Status,
        Retryable = last.Retryable,
        RetryAfter = last.RetryAfter,
        Problem = last.Problem,
        Appended = Appended.Unknown,
    };
}
