using Headwater.Log.Maintenance;
using Headwater.Log.Model;

namespace Headwater.Log.Tests;

/// <summary>Short methods to run maintenance.</summary>
internal static class Upkeep
{
    public static readonly TimeSpan Ample = TimeSpan.FromMinutes(10);

    public static async Task<PartitionReport> MaintainAsync(this Instance instance, StreamDescription stream, MaintenanceWork work, int partition = 0) =>
        (await instance.Log.Maintenance.RunAsync(stream.Name, work, Ample, CancellationToken.None)).Streams.Single().Partitions[partition];

    public static Task<MaintenanceReport> MaintainDueAsync(this Instance instance, MaintenanceWork work = MaintenanceWork.All) =>
        instance.Log.Maintenance.RunDueAsync(work, Ample, CancellationToken.None);
}
