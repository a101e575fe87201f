using System.Diagnostics.Metrics;

namespace Headwater.Storage.Azure.Metering;

/// <summary>Counts storage calls by kind. Every attempt counts, with or without a response, because the account is billed for attempts. Thread-safe.</summary>
public sealed class StorageMeter : IDisposable
{
    /// <summary>The name of the meter in <see cref="System.Diagnostics.Metrics"/>.</summary>
    public const string MeterName = "Headwater.Storage";

    private static readonly string[] Names = [.. Enum.GetNames<StorageOperation>().Select(Kebab)];

    private readonly long[] _counts = new long[Names.Length];
    private readonly Meter _meter = new(MeterName);
    private readonly Counter<long> _operations;

    /// <summary>Creates the counter <c>headwater.storage.operations</c>.</summary>
    public StorageMeter() =>
        _operations = _meter.CreateCounter<long>("headwater.storage.operations", "{call}", "Storage calls sent, by operation and outcome.");

    /// <summary>The number of calls so far by kind, without the kinds that have none.</summary>
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

    /// <summary>The number of calls of one kind so far.</summary>
    public long Count(StorageOperation operation) => Interlocked.Read(ref _counts[(int)operation]);

    /// <summary>The operation's name in metrics, for example <c>blob-append</c>.</summary>
    public static string NameOf(StorageOperation operation) => Names[(int)operation];

    /// <summary>Removes the meter from the process's metrics.</summary>
    public void Dispose() => _meter.Dispose();

    /// <param name="operation">The kind of call.</param>
    /// <param name="status">The HTTP status; 0 without a response.</param>
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
