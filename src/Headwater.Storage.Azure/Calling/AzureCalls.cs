using Headwater.Storage.Azure.Connecting;
using Headwater.Storage.Azure.Errors;

namespace Headwater.Storage.Azure.Calling;

/// <summary>
/// Sends calls and says how they ended. Whatever changes something is sent once; reads are repeated a few times while their fault looks passing.
/// Every attempt has a deadline of its own on the clock passed in.
/// </summary>
internal sealed class AzureCalls(AzureStorageOptions options, TimeProvider time)
{
    // A service that asks for more than this is left alone: the caller gets the wish to wait instead of a silent delay.
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(2);

    /// <exception cref="OperationCanceledException">The caller gave up; what the service did is unknown.</exception>
    public ValueTask<Answer<T>> OnceAsync<T>(Func<CancellationToken, Task<T>> call, CancellationToken cancellation) =>
        AttemptAsync(call, options.CallTimeout, cancellation);

    /// <param name="call">Changes nothing, so that it may run several times.</param>
    /// <param name="bytes">How much it may bring.</param>
    /// <param name="cancellation">Stops attempts and the pauses between them.</param>
    public async ValueTask<Answer<T>> RepeatedAsync<T>(Func<CancellationToken, Task<T>> call, int bytes, CancellationToken cancellation)
    {
        TimeSpan patience = options.CallTimeout + TimeSpan.FromSeconds(bytes / (1 << 20));
        TimeSpan pause = options.ReadPause;
        for (int attempt = 1; ; attempt++)
        {
            Answer<T> answer = await AttemptAsync(call, patience, cancellation);
            TimeSpan wait = answer.Error?.RetryAfter ?? pause;
            if (answer.Error is not { IsPassing: true } || attempt >= options.ReadAttempts || wait > LongestPause)
            {
                return answer;
            }

            await Task.Delay(wait, time, cancellation);
            pause *= 2;
        }
    }

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
            return new Answer<T>(default, error);
        }
    }
}

/// <summary>What a call brought: its value, or the error it ended in.</summary>
internal readonly record struct Answer<T>(T? Value, AzureError? Error);
