using System.Diagnostics.Metrics;

namespace Headwater.Storage.Azure.Metering;

/// <summary>Counts storage calls by kind, every attempt once, answered or not: what the account is billed for.</summary>
public sealed class StorageMeter : IDisposable
{
    public const string MeterName = "Headwater.Storage";

    private static readonly string[] Names = [.. Enum.GetNames<StorageOperation>().Select(Kebab)];

    private readonly long[] _counts = new long[Names.Length];
    private readonly Meter _meter = new(MeterName);
    private readonly Counter<long> _operations;

    public StorageMeter() =>
        _operations = _meter.CreateCounter<long>("headwater.storage.operations", "{call}", "Storage calls sent, by operation and outcome.");

    /// <summary>Calls so far; kinds that never happened are left out.</summary>
    public IReadOnlyDictionary<StorageOperation, long> Snapshot()
    {
        Dictionary<StorageOperation, long> counts = [];
        for (int kind = 0; kind < _counts.Length; kind++)
        {
            if (Interlocked.Read(ref _counts[kind]) is > 0 and long count)
            {
                counts[(StorageOperation)kind] = count;
            }
        }

        return counts;
    }

    public long Count(StorageOperation operation) => Interlocked.Read(ref _counts[(int)operation]);

    /// <summary>The operation's name in metrics: <c>blob-append</c>.</summary>
    public static string NameOf(StorageOperation operation) => Names[(int)operation];

    public void Dispose() => _meter.Dispose();

    /// <param name="operation">What was sent.</param>
    /// <param name="status">HTTP status, 0 if no answer came.</param>
    internal void Record(StorageOperation operation, int status)
    {
        Interlocked.Increment(ref _counts[(int)operation]);
        _operations.Add(1, new("operation", NameOf(operation)), new("outcome", OutcomeOf(status)));
    }

    private static string OutcomeOf(int status) => status switch
    {
        0 => "lost",
        < 400 => "done",
        < 500 => "refused",
        _ => "failed",
    };

    private static string Kebab(string name) =>
        string.Concat(name.Select((c, i) => char.IsAsciiLetterUpper(c) ? (i == 0 ? "" : "-") + char.ToLowerInvariant(c) : c.ToString()));
}
