using Headwater.Core.Positions;
using Headwater.Log.Clock;

namespace Headwater.Log.Maintenance;

/// <summary>
/// When each kind of work is due again for a stream: the earliest time that any of its partitions needs, at most <paramref name="longest"/> from now.
/// </summary>
internal sealed class DueNext(StorageClock clock, TimeSpan longest)
{
    private readonly Dictionary<MaintenanceWork, UnixMicros> _times = [];

    public IReadOnlyDictionary<MaintenanceWork, UnixMicros> Times => _times;

    /// <summary>Makes work due at the given time unless it is due earlier. Null changes nothing.</summary>
    public void Sooner(MaintenanceWork work, UnixMicros? at)
    {
        if (at is { } time)
        {
            Sooner(work, time.ToDateTimeOffset() - clock.Now().ToDateTimeOffset());
        }
    }

    /// <summary>Makes work due after the given time unless it is due earlier.</summary>
    public void Sooner(MaintenanceWork work, TimeSpan after)
    {
        TimeSpan wait = after < TimeSpan.Zero ? TimeSpan.Zero : after < longest ? after : longest;
        UnixMicros at = clock.Now().Plus(wait);
        foreach (MaintenanceWork one in MaintenanceWorks.Each.Where(w => work.HasFlag(w)))
        {
            _times[one] = _times.TryGetValue(one, out UnixMicros sooner) && sooner < at ? sooner : at;
        }
    }
}
