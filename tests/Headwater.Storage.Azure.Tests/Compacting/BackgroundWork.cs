using Headwater.Storage.Azure.Metering;

namespace Headwater.Storage.Azure.Tests.Compacting;

/// <summary>What another process does over and over while something is measured; a pass under way at the end is finished after it.</summary>
internal sealed class BackgroundWork(string name, StorageMeter meter, Func<Task> pass)
{
    private bool _isOver;

    /// <summary>Passes finished.</summary>
    public int Passes { get; private set; }

    /// <summary>Storage calls made while something was measured.</summary>
    public long Calls { get; private set; }

    /// <summary>In the measurement with the fewest.</summary>
    public long FewestCalls { get; private set; } = long.MaxValue;

    public async Task BesideAsync(Func<Task> measured)
    {
        Volatile.Write(ref _isOver, false);
        long before = Made();
        Task work = Task.Run(RepeatAsync);
        await measured();
        long made = Made() - before;
        (Calls, FewestCalls) = (Calls + made, Math.Min(FewestCalls, made));
        Volatile.Write(ref _isOver, true);
        await work;
    }

    public override string ToString() => $"{name} ({Passes} passes, {Calls} calls meanwhile)";

    private async Task RepeatAsync()
    {
        do
        {
            await pass();
            Passes++;
        }
        while (!Volatile.Read(ref _isOver));
    }

    private long Made() => meter.Snapshot().Values.Sum();
}
