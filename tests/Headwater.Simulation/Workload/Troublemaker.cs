using Headwater.Log;
using Headwater.Log.Model;
using Headwater.Log.Ports;
using Headwater.Simulation.Instances;
using Headwater.Simulation.Scheduling;
using Headwater.Simulation.Service;

namespace Headwater.Simulation.Workload;

/// <summary>Injects the faults of a serverless platform and of operators, at the rates in the plan: kills, freezes, outages, lost data.</summary>
internal sealed class Troublemaker(ClientContext context, StorageService service, Chance chance)
{
    private static readonly TimeSpan LongestGap = TimeSpan.FromSeconds(2);

    private static readonly TimeSpan ShortestFreeze = TimeSpan.FromMilliseconds(50);

    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(2);

    private static readonly TimeSpan LongestOutage = TimeSpan.FromSeconds(8);

    private readonly Dictionary<string, byte[]> _oldCheckpoints = [];

    public void Start()
    {
        TroubleMix troubles = context.Plan.Troubles;
        Every("restarts", TimeSpan.FromMilliseconds(400), RestartTheDead);
        Every("crashes", troubles.Crashes, () => context.Fleet.Any().Crash());
        Every("stops", troubles.Stops, Stop);
        Every("freezes", troubles.Freezes, Freeze);
        Every("outages", troubles.Outages, Outage);
        Every("tables", troubles.LostTables, LoseTables);
        Every("maintenance", troubles.Maintenance, new Upkeep(context, chance).Maintain);
        Every("checkpoints", troubles.LostCheckpoints, MeddleWithCheckpoint);
        if (troubles.Recreations is { } pace)
        {
            var client = new Client(context, chance, "admin");
            context.Start("admin", () => RecreateAsync(client, pace));
        }
    }

    private void Every(string name, TimeSpan? pace, Action trouble)
    {
        if (pace is { } mean)
        {
            context.Start(name, () => RepeatAsync(mean, trouble));
        }
    }

    private async Task RepeatAsync(TimeSpan pace, Action trouble)
    {
        while (!context.IsStopping)
        {
            await context.PauseAsync(pace * (2 * chance.Fraction()));
            if (!context.IsStopping)
            {
                trouble();
            }
        }
    }

    private void RestartTheDead()
    {
        for (int slot = 0; slot < context.Fleet.Slots.Count; slot++)
        {
            if (context.Fleet.Slots[slot].Party.IsDead && chance.Happens(0.7))
            {
                context.Fleet.Restart(slot);
            }
        }
    }

    /// <summary>Stops an instance gracefully: it finishes what it can and ends.</summary>
    private void Stop() => _ = StopAsync(context.Fleet.Any());

    private async Task StopAsync(SimulatedInstance instance)
    {
        try
        {
            await context.Fleet.CallAsync(instance, Drain, Grace);
        }
        catch (Exception problem)
        {
            Answers.Read(problem, out _, out _);
        }

        // All faults end once, at the end.
        if (!context.IsStopping)
        {
            instance.Crash();
        }

        static async Task<bool> Drain(EventLog log, CancellationToken cancellation)
        {
            await log.DrainAsync(cancellation);
            return true;
        }
    }

    private void Freeze()
    {
        SimulatedInstance instance = context.Fleet.Any();
        if (instance.IsUp)
        {
            instance.Freeze();
            TimeSpan duration = chance.LogTime(ShortestFreeze, context.Plan.Troubles.LongestFreeze);
            bool clockStoodStill = chance.Happens(0.5);
            context.Timeline.After(duration, context.Fleet.Clients, () => instance.WakeUp(clockStoodStill));
        }
    }

    /// <summary>Storage is unavailable, or an operator has removed the role assignments.</summary>
    private void Outage()
    {
        bool denies = chance.Happens(0.3);
        service.IsDown = !denies;
        service.IsDenying = denies;
        service.Note(denies ? "denies everyone" : "is down");
        context.Timeline.After(chance.LogTime(TimeSpan.FromMilliseconds(100), LongestOutage), context.Fleet.Clients, service.Recover);
    }

    private void LoseTables() => service.LoseTables();

    /// <summary>Deletes a checkpoint, or restores an older one.</summary>
    private void MeddleWithCheckpoint()
    {
        IReadOnlyList<BlobItem> all = [.. service.All("").Where(i => i.Name.EndsWith("/checkpoint", StringComparison.Ordinal))];
        if (all.Count == 0)
        {
            return;
        }

        string name = chance.Pick(all).Name;
        if (_oldCheckpoints.TryGetValue(name, out byte[]? old) && chance.Happens(0.5))
        {
            service.Note($"has an old {name} again");
            service.Write(name, old, WriteCondition.Always);
            return;
        }

        using BlobRead? now = service.Read(name, 0, int.MaxValue);
        _oldCheckpoints[name] = now!.Content.ToArray();
        if (chance.Happens(0.5))
        {
            service.Note($"loses {name}");
            service.Delete(name, null);
        }
    }

    /// <summary>Deletes a stream and creates it again.</summary>
    private async Task RecreateAsync(Client client, TimeSpan pace)
    {
        while (!context.IsStopping)
        {
            await context.PauseAsync(pace * (2 * chance.Fraction()));
            StreamName stream = client.AnyStream();
            await StreamAdministration.DeleteAsync(client, stream);
            if (context.Plan.Options.DeleteBudget == TimeSpan.Zero)
            {
                await context.PauseAsync(LongestGap * chance.Fraction()); // Blobs of the stream are left, and instances still know it.
            }

            await StreamAdministration.CreateAsync(client, stream, client.AnyInstance);
        }
    }
}
