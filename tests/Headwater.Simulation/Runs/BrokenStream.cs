using Headwater.Log.Maintenance;
using Headwater.Log.Model;
using Headwater.Simulation.Checking;
using Headwater.Simulation.Instances;
using Headwater.Simulation.Service;
using Headwater.Simulation.Workload;

namespace Headwater.Simulation.Runs;

/// <summary>A stream that always fails, and that timers come to first, must not stop the maintenance of the others.</summary>
internal sealed class BrokenStream(ClientContext context, StorageService service, Client client)
{
    /// <summary>Sorts before the names of all other streams.</summary>
    private static readonly StreamName Name = StreamName.Parse("0broken");

    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(10);

    /// <param name="instance">Runs the timer.</param>
    public async Task MaintainBesideAsync(Func<SimulatedInstance> instance)
    {
        await StreamAdministration.CreateAsync(client, Name, instance);
        service.LoseTables(); // Now every stream is due.
        service.BrokenStream = Name.Value;
        MaintenanceReport report = await RunAsync(instance());
        service.BrokenStream = null;
        foreach (StreamName stream in context.Streams.Where(s => !report.Streams.Any(r => r.Stream == s)))
        {
            throw new ViolationException(ViolationKind.Stuck, $"{stream} is not maintained beside a stream that fails");
        }
    }

    private async Task<MaintenanceReport> RunAsync(SimulatedInstance instance)
    {
        try
        {
            return await context.Fleet.CallAsync(instance, (log, cancellation) => log.Maintenance.RunDueAsync(MaintenanceWork.All, Limit, cancellation), Limit);
        }
        catch (Exception error)
        {
            throw new ViolationException(ViolationKind.Stuck, $"a stream that fails ends the maintenance of all streams: {error.Message}");
        }
    }
}
