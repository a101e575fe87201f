using Headwater.Storage.Azure.Metering;


namespace Headwater.LocalHost.Demo;

/// <summary>The number of storage calls during a step, by kind.</summary>
internal sealed class OperationCount(IReadOnlyDictionary<StorageOperation, long> calls)
{
    public IReadOnlyDictionary<StorageOperation, long> Calls { get; } = calls;

    public decimal Price => Calls.Sum(c => c.Value * PriceList.Of(c.Key));

    /// <summary>Runs a step and counts its storage calls.</summary>
    public static async Task<(T Result, OperationCount Count)> DuringAsync<T>(StorageMeter meter, Func<Task<T>> step)
    {
        IReadOnlyDictionary<StorageOperation, long> before = meter.Snapshot();
        T result = await step();
        IReadOnlyDictionary<StorageOperation, long> after = meter.Snapshot();
        return (result, new OperationCount(after
            .Select(a => KeyValuePair.Create(a.Key, a.Value - before.GetValueOrDefault(a.Key)))
            .Where(c => c.Value > 0)
            .ToDictionary()));
    }

    public long Of(StorageOperation operation) => Calls.GetValueOrDefault(operation);
}
