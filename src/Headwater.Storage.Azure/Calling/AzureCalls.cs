using Azure;
using Headwater.Storage.Azure.Connecting;
using Headwater.Storage.Azure.Errors;

namespace Headwater.Storage.Azure.Calling;

/// <summary>
/// Sends calls and returns their outcome. A call that changes data is sent once; a read is retried while its error may be temporary.
/// Every attempt has its own timeout, on the clock passed in.
/// </summary>
/// <param name="options">Timeouts, retries and the observer of outages.</param>
/// <param name="time">The clock of timeouts and pauses.</param>
/// <param name="access">How the app gets access to the service.</param>
internal sealed class AzureCalls(AzureStorageOptions options, TimeProvider time, StorageAccess access)
{
    // If the service asks for a longer wait, the error is returned with that wait instead of delaying the caller silently.
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(2);

    /// <summary>Sends a call once.</summary>
    /// <exception cref="OperationCanceledException">The caller cancelled; the outcome of the call is unknown.</exception>
    public ValueTask<Answer<T>> OnceAsync<T>(Func<CancellationToken, Task<T>> call, CancellationToken cancellation) => OnceAsync(call, 0, cancellation);

    /// <summary>Sends a call with content once.</summary>
    /// <param name="call">The call.</param>
    /// <param name="bytes">The size of the content in bytes.</param>
    /// <param name="cancellation">Stops waiting.</param>
    /// <exception cref="OperationCanceledException">The caller cancelled; the outcome of the call is unknown.</exception>
    public async ValueTask<Answer<T>> OnceAsync<T>(Func<CancellationToken, Task<T>> call, int bytes, CancellationToken cancellation) =>
        Observed(await AttemptAsync(call, PatienceFor(bytes), cancellation));

    /// <summary>
    /// Sends a read and retries it while its error may be temporary. A failed condition is temporary too: only the SDK sets one, when it resumes a body that
    /// broke off, and the blob has changed since.
    /// </summary>
    /// <param name="call">A call that changes no data, because it may run several times, and that sets no condition.</param>
    /// <param name="bytes">The largest size of the response in bytes.</param>
    /// <param name="cancellation">Cancels the attempts and the pauses between them.</param>
    public async ValueTask<Answer<T>> RepeatedAsync<T>(Func<CancellationToken, Task<T>> call, int bytes, CancellationToken cancellation)
    {
        TimeSpan patience = PatienceFor(bytes);
        TimeSpan pause = options.ReadPause;
        for (int attempt = 1; ; attempt++)
        {
            Answer<T> answer = await AttemptAsync(call, patience, cancellation);
            answer = answer with { Error = answer.Error?.OfUnconditionalRead() };
            TimeSpan wait = answer.Error?.RetryAfter ?? pause;
            if (answer.Error is not { IsPassing: true } || attempt >= options.ReadAttempts || wait > LongestPause)
            {
                return Observed(answer);
            }

            await Task.Delay(wait, time, cancellation);
            pause *= 2;
        }
    }

    /// <summary>A refusal by what is stored is an answer: the service serves this app. A failed attempt that a retry makes good is no outage.</summary>
    private Answer<T> Observed<T>(Answer<T> answer)
    {
        if (answer.Error is { IsOutage: true } error)
        {
            options.Outages.Failed(access.Service, error.Reason, time.GetUtcNow());
        }
        else if (answer.Error is null or { Source: RequestFailedException { Status: > 0 } })
        {
            options.Outages.Succeeded(access.Service, time.GetUtcNow());
        }

        return answer;
    }

    private TimeSpan PatienceFor(int bytes) => options.CallTimeout + TimeSpan.FromSeconds(bytes / (1 << 20));

    private async ValueTask<Answer<T>> AttemptAsync<T>(Func<CancellationToken, Task<T>> call, TimeSpan patience, CancellationToken cancellation)
    {
        using CancellationTokenSource deadline = new(patience, time);
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellation);
        try
        {
            return new Answer<T>(await call(either.Token), null);
        }
        catch (Exception exception) when (AzureErrors.Read(exception, cancellation) is { } error)
        {
            return new Answer<T>(default, error with { Access = access });
        }
    }
}

/// <summary>The outcome of a call: its value, or an error.</summary>
internal readonly record struct Answer<T>(T? Value, AzureError? Error);
