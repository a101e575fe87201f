using Headwater.Log.Clock;

namespace Headwater.Log.Ports;

/// <summary>Everything that the log needs from outside. One instance per process.</summary>
/// <param name="Blobs">The container with the log.</param>
/// <param name="Tables">The tables of the same storage account.</param>
/// <param name="Time">Source of timestamps, delays and timers. The log uses no other clock.</param>
/// <param name="Randomness">Source of ids and jitter.</param>
public sealed record LogPorts(IBlobs Blobs, ITables Tables, TimeProvider Time, Randomness Randomness)
{
    /// <summary>Estimates the storage service's clock, shared by everything in this process that stamps events or measures leases.</summary>
    internal StorageClock Clock { get; } = new(Time);
}
