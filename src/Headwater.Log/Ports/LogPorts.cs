using Headwater.Log.Clock;

namespace Headwater.Log.Ports;

/// <summary>What the log stands on. One instance per process.</summary>
public sealed record LogPorts(IBlobs Blobs, ITables Tables, TimeProvider Time, Randomness Randomness)
{
    /// <summary>The storage service's clock as this process knows it.</summary>
    internal StorageClock Clock { get; } = new(Time);
}
