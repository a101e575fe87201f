using Headwater.Storage.Azure.Metering;

namespace Headwater.Storage.Azure.Tests.Compacting;

/// <summary>Work that another process repeats during a measurement. A pass that is running when the measurement ends is completed afterwards.</summary>
internal sealed class BackgroundWork(string name, StorageMeter meter, Func<Task> pass)
{
    private bool _isOver;

    /// <summary>Completed passes.</summary>
    public int Passes { get; private set; }

    /// <summary>Storage calls made during all measurements.</summary>
    public long Calls { get; private set; }

    /// <summary>Storage calls made during the measurement with the fewest.</summary>
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

    public override string ToString() => $"{name} ({Passes} passes, {Calls} calls during the measurement)";

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
