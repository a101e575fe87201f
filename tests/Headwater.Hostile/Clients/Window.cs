using System.Collections.Immutable;

namespace Headwater.Hostile.Clients;

/// <summary>What the clients saw during a window of time.</summary>
internal sealed class Window
{
    private readonly Lock _gate = new();
    private ImmutableList<ClientRequest> _requests = [];
    private ImmutableList<string> _failures = [];
    private int _open;

    /// <summary>Whether all requests that began in this window have ended.</summary>
    public bool IsOver => Volatile.Read(ref _open) == 0;

    /// <summary>A request begins.</summary>
    public void Begin() => Interlocked.Increment(ref _open);

    /// <summary>A request has ended.</summary>
    public void Add(ClientRequest request)
    {
        lock (_gate)
        {
            _requests = _requests.Add(request);
        }

        Interlocked.Decrement(ref _open);
    }

    /// <summary>Something is wrong beside the status of an answer.</summary>
    public void Fail(string failure)
    {
        lock (_gate)
        {
            _failures = _failures.Add(failure);
        }
    }

    public int Count => _requests.Count;

    /// <summary>Share of requests whose first try succeeded.</summary>
    public double FirstTries => _requests.Count == 0 ? 0 : _requests.Count(r => r is { Tries: 1, Failed: null }) / (double)_requests.Count;

    /// <summary>Requests that failed for good, or of which a try was answered 5xx or not at all.</summary>
    public IReadOnlyList<string> Failures => [.. _failures.Concat(_requests.Select(r => r.Failed).OfType<string>()).Distinct()];

    /// <summary>The 99th percentile of the time from the first try to the last answer. What is not over took for ever.</summary>
    public TimeSpan Slow
    {
        get
        {
            TimeSpan[] took = [.. _requests.Select(r => r.Took), .. Enumerable.Repeat(TimeSpan.MaxValue, Math.Max(0, Volatile.Read(ref _open)))];
            return took.Length == 0 ? TimeSpan.MaxValue : took.Order().ElementAt((int)Math.Ceiling(0.99 * took.Length) - 1);
        }
    }
}

/// <summary>One request of a client, with its retries.</summary>
/// <param name="Took">From the first try to the last answer.</param>
/// <param name="Tries">At least 1.</param>
/// <param name="Failed">Null if it succeeded, and no try was answered 5xx.</param>
internal readonly record struct ClientRequest(TimeSpan Took, int Tries, string? Failed);
