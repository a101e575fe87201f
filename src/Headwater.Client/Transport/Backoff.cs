using System.Security.Cryptography;

namespace Headwater.Client;

/// <summary>The pauses between attempts: doubling up to 5 s, a fifth of each at random, and never shorter than the service asks.</summary>
/// <param name="first">The first pause.</param>
/// <param name="limit">How long the work may take with all its attempts.</param>
/// <param name="time">The clock.</param>
internal sealed class Backoff(TimeSpan first, TimeSpan limit, TimeProvider time)
{
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan LongestAsked = TimeSpan.FromSeconds(60);

    private readonly long _began = time.GetTimestamp();

    private TimeSpan _next = first;

    /// <summary>The pause of work that never gives up: what the service asks for, at most 60 s.</summary>
    public static TimeSpan Endless(TimeSpan? asked, TimeSpan otherwise) => asked is not { } pause ? otherwise : pause < LongestAsked ? pause : LongestAsked;

    /// <summary>Waits before the next attempt.</summary>
    /// <returns>False, at once, if the attempt would begin after the limit.</returns>
    public async Task<bool> TryWaitAsync(TimeSpan? asked, CancellationToken cancellation)
    {
        TimeSpan pause = _next * (0.8 + (0.4 * RandomNumberGenerator.GetInt32(1_000) / 1_000));
        pause = asked > pause ? asked.Value : pause;
        if (time.GetElapsedTime(_began) + pause > limit)
        {
            return false;
        }

        _next = _next * 2 > Longest ? Longest : _next * 2;
        await Task.Delay(pause, time, cancellation);
        return true;
    }
}
