namespace Headwater.Storage.Azure.Metering;

/// <summary>A time in which calls to one storage service fail or are denied.</summary>
/// <param name="Service">The service: blobs, tables or queues.</param>
/// <param name="Began">When the first call failed.</param>
/// <param name="Last">When the last call failed.</param>
/// <param name="Failures">The number of failed calls.</param>
/// <param name="Reason">Why the first call failed. Contains no secret.</param>
public sealed record StorageOutage(string Service, DateTimeOffset Began, DateTimeOffset Last, long Failures, string Reason);

/// <summary>
/// Turns the outcomes of calls into outages, so that each is reported once when it begins and once when it ends, however many calls fail. An outage begins with
/// a failed call, and ends with the first call that succeeds at least 10 s after the last failed one. Thread-safe.
/// </summary>
public sealed class StorageOutages
{
    /// <summary>Shorter than most outages, and long enough that a service that fails now and then writes few lines.</summary>
    private static readonly TimeSpan Quiet = TimeSpan.FromSeconds(10);

    private readonly Lock _gate = new();

    private readonly Dictionary<string, StorageOutage> _open = [];

    private volatile bool _isAnyOpen;

    /// <summary>Called when an outage begins.</summary>
    public Action<StorageOutage>? Began { get; set; }

    /// <summary>Called when an outage has ended.</summary>
    public Action<StorageOutage>? Ended { get; set; }

    internal void Failed(string service, string reason, DateTimeOffset now)
    {
        StorageOutage outage;
        bool isNew;
        lock (_gate)
        {
            isNew = !_open.TryGetValue(service, out StorageOutage? known);
            outage = known is null ? new StorageOutage(service, now, now, 1, reason) : known with { Last = now, Failures = known.Failures + 1 };
            _open[service] = outage;
            _isAnyOpen = true;
        }

        if (isNew)
        {
            Began?.Invoke(outage);
        }
    }

    internal void Succeeded(string service, DateTimeOffset now)
    {
        if (!_isAnyOpen)
        {
            return;
        }

        StorageOutage? ended;
        lock (_gate)
        {
            if (!_open.TryGetValue(service, out ended) || now - ended.Last < Quiet)
            {
                return;
            }

            _open.Remove(service);
            _isAnyOpen = _open.Count > 0;
        }

        Ended?.Invoke(ended);
    }
}
