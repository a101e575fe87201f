namespace Headwater.Log.Maintenance;

/// <summary>Maintenance of one stream that a request demands, whether or not anything is due.</summary>
/// <param name="Work">The kinds of work to do.</param>
/// <param name="Budget">After this time, no new step starts. At least one partition is processed.</param>
public sealed record MaintenanceDemand(MaintenanceWork Work, TimeSpan Budget)
{
    /// <summary>Whether <see cref="MaintenanceWork.Seal"/> seals every active segment that has events, whatever its age.</summary>
    public bool SealsNow { get; init; }
}
