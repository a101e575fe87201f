using System.Text.Json;
using Headwater.Core.Segments;
using Headwater.Log;
using Headwater.Log.Append;
using Headwater.Log.Model;
using Headwater.Simulation.Instances;
using Headwater.Simulation.Scheduling;
using Headwater.Simulation.Service;

namespace Headwater.Simulation.Contention;

/// <summary>
/// Sends single-event requests to one partition at a constant rate, distributed evenly over some instances, without waiting for answers. Every storage
/// call takes 20 ms. Counts the events acknowledged within the time.
/// </summary>
internal sealed class OfferedLoad
{
    private const int EventsPerSecond = 400;

    private static readonly TimeSpan Duration = TimeSpan.FromSeconds(20);

    private static readonly TimeSpan Call = TimeSpan.FromMilliseconds(20);

    private static readonly StreamName Stream = StreamName.Parse("contended");

    private readonly Timeline _timeline;

    private readonly Fleet _fleet;

    private readonly int[] _acknowledged;

    private readonly Chance _chance;

    private OfferedLoad(ulong seed, int writers)
    {
        _chance = new Chance(seed);
        _timeline = new Timeline(_chance.Word(), new Trace(false));
        var plan = new SimulationPlan
        {
            Instances = writers,
            Options = LogOptions.Default,
            Codec = BlockCodec.Null,
            Faults = new FaultProfile { LeastLatency = Call, MostLatency = Call },
        };
        _fleet = new Fleet(_timeline, new StorageService(_timeline), plan, new Chance(_chance.Word()));
        _acknowledged = new int[writers];
    }

    /// <summary>The number of events acknowledged to each writer's clients.</summary>
    public static int[] Run(ulong seed, int writers) => new OfferedLoad(seed, writers).Run();

    private int[] Run()
    {
        Task creation =
            _fleet.CallAsync(_fleet.Slots[0], (log, stop) => log.Streams.CreateAsync(Stream, new StreamSettings { Codec = BlockCodec.Null }, stop), Duration);
        _timeline.Run(() => creation.IsCompleted, Duration);
        TimeSpan between = TimeSpan.FromSeconds((double)_fleet.Slots.Count / EventsPerSecond);
        for (int writer = 0; writer < _fleet.Slots.Count; writer++)
        {
            Offer(writer, between * _chance.Fraction(), between, _timeline.Now + Duration);
        }

        _timeline.Run(() => false, Duration);
        return _acknowledged;
    }

    private void Offer(int writer, TimeSpan wait, TimeSpan between, TimeSpan end) => _timeline.After(wait, _fleet.Clients, () =>
    {
        _ = RequestAsync(writer);
        if (_timeline.Now < end)
        {
            Offer(writer, between, between, end);
        }
    });

    private async Task RequestAsync(int writer)
    {
        await _fleet.CallAsync(_fleet.Slots[writer], AppendOneAsync, TimeSpan.FromMinutes(1));
        _acknowledged[writer]++;
    }

    private static async Task<AppendOutcome> AppendOneAsync(EventLog log, CancellationToken stop)
    {
        StreamDescription stream = await log.Streams.GetAsync(Stream, stop);
        using RequestEvents events = log.NewRequest(stream, null, null);
        events.AddJson(new EventAttributes(null, [], null), JsonElement.Parse("1"));
        return await log.AppendAsync(stream, events, AppendOptions.None, stop);
    }
}
