using Headwater.Log.Ports;

namespace Headwater.Log.Errors;

/// <summary>
/// Asks a storage service whether it serves this app. All callers share one call and its answer, which is used for 5 s, so that a probe costs the same however
/// often it is repeated. Thread-safe.
/// </summary>
/// <param name="service">The service's name, for people: blobs, tables or queues.</param>
/// <param name="time">Measures the age of the answer and bounds the call.</param>
/// <param name="ask">Reads something, whether or not it exists.</param>
public sealed class StorageCheck(string service, TimeProvider time, Func<CancellationToken, Task> ask)
{
    private static readonly TimeSpan Age = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly Lock _gate = new();

    private Task<StorageException?>? _asked;

    private long _askedAt;

    /// <summary>The service's name.</summary>
    public string Service => service;

    /// <summary>Takes at most 5 s. Costs one read, or none if the last answer is at most 5 s old.</summary>
    /// <returns>Why the service does not serve this app; null if it does.</returns>
    public Task<StorageException?> AskAsync(CancellationToken cancellation)
    {
        Task<StorageException?> asked;
        lock (_gate)
        {
            if (_asked is null || (_asked.IsCompleted && time.GetElapsedTime(_askedAt) >= Age))
            {
                _askedAt = time.GetTimestamp();
                _asked = FailureAsync();
            }

            asked = _asked;
        }

        return asked.WaitAsync(cancellation);
    }

    private async Task<StorageException?> FailureAsync()
    {
        using CancellationTokenSource patience = new(Patience, time);
        try
        {
            await ask(patience.Token).WaitAsync(patience.Token);
            return null;
        }
        catch (StorageException failure)
        {
            return failure;
        }
        catch (OperationCanceledException silence)
        {
            return new StorageException(StorageFault.Unavailable, $"The service did not answer within {Patience.TotalSeconds:0} seconds.", silence);
        }
    }
}
