using Headwater.Simulation.Checking;
using Headwater.Simulation.History;
using Headwater.Simulation.Instances;
using Headwater.Simulation.Scheduling;
using Headwater.Simulation.Service;
using Headwater.Simulation.Workload;

namespace Headwater.Simulation.Runs;

/// <summary>The result of one seed.</summary>
/// <param name="Violations">The violations; empty if the seed passed.</param>
/// <param name="Operations">The number of client operations.</param>
/// <param name="StorageCalls">The number of storage calls that arrived.</param>
/// <param name="Trace">The trace; empty unless requested.</param>
internal sealed record SeedResult(ulong Seed, IReadOnlyList<Violation> Violations, int Operations, long StorageCalls, string Trace);

/// <summary>Runs one simulation from seed to result.</summary>
internal sealed class SeedRun
{
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(30);

    private static readonly TimeSpan LongestRecovery = TimeSpan.FromMinutes(30);

    private readonly ulong _seed;

    private readonly Timeline _timeline;

    private readonly StorageService _service;

    private readonly Fleet _fleet;

    private readonly ClientContext _context;

    private readonly OperationHistory _history = new();

    private readonly Chance _chance;

    public SeedRun(ulong seed, bool trace, Func<Chance, SimulationPlan> draw)
    {
        _seed = seed;
        _chance = new Chance(seed);
        Plan = draw(new Chance(_chance.Word()));
        _timeline = new Timeline(_chance.Word(), new Trace(trace));
        _service = new StorageService(_timeline);
        _fleet = new Fleet(_timeline, _service, Plan, new Chance(_chance.Word()));
        _context = new ClientContext(_timeline, _fleet, _history);
    }

    public SimulationPlan Plan { get; }

    public Fleet Fleet => _fleet;

    public static SeedResult Run(ulong seed, bool trace) => new SeedRun(seed, trace, PlanDrawing.Draw).Run();

    public SeedResult Run()
    {
        IReadOnlyList<Violation> violations;
        try
        {
            Simulate();
            violations = Check();
        }
        catch (SimulationFailedException failed) when (failed.InnerException is ViolationException violation)
        {
            violations = [violation.Violation];
        }
        catch (ViolationException violation)
        {
            violations = [violation.Violation];
        }
        catch (SimulationFailedException failed)
        {
            violations = [new Violation(ViolationKind.UnexpectedAnswer, failed.InnerException!.ToString())];
        }

        return new SeedResult(_seed, violations, _context.Operations, _service.Calls, _timeline.Trace.Text);
    }

    private void Simulate()
    {
        Client[] creators = [.. _context.Streams.Select(s => NewClient($"create-{s}"))];
        foreach ((Client creator, var stream) in creators.Zip(_context.Streams))
        {
            _context.Start(creator.Name, () => StreamAdministration.CreateAsync(creator, stream, creator.AnyInstance));
        }

        new Troublemaker(_context, _service, new Chance(_chance.Word())).Start();
        StartClients();
        _timeline.Run(() => _context.IsStopping, Longest);
        _context.Stop();
        _fleet.Heal();
        Require(_timeline.Run(() => _context.AllStopped, LongestRecovery), "clients wait for answers though all faults are gone");
        _timeline.Run(() => false, Plan.Faults.LatestLanding + Plan.CallTimeout + TimeSpan.FromSeconds(1));
        _fleet.Heal(); // Heal again: the last call of the faulty phase may have killed its instance.
        new Aftermath(_context, _service, new Client(_context, new Chance(_chance.Word()), "aftermath") { IsHasty = false }).Run();
    }

    private void StartClients()
    {
        ClientMix mix = Plan.Clients;
        StartMany("plain", mix.Plain, PlainProducer.RunAsync);
        StartMany("keyed", mix.Keyed, KeyedProducer.RunAsync);
        bool share = _chance.Happens(0.3);
        for (int i = 0; i < mix.Sequenced; i++)
        {
            Client client = NewClient($"seq{i}");
            string producer = share ? "producer" : $"producer{i}";
            _context.Start(client.Name, () => SequencedProducer.RunAsync(client, producer));
        }

        StartMany("if", mix.Conditional, ConditionalProducer.RunAsync);
        StartMany("tail", mix.Tailing, Readers.TailAsync);
        StartMany("view", mix.Viewing, Readers.ViewAsync);
        StartMany("browse", mix.Browsing, Readers.BrowseAsync);
    }

    private void StartMany(string kind, int count, Func<Client, Task> run)
    {
        for (int i = 0; i < count; i++)
        {
            Client client = NewClient($"{kind}{i}");
            _context.Start(client.Name, () => run(client));
        }
    }

    private Client NewClient(string name)
    {
        var chance = new Chance(_chance.Word());
        return new Client(_context, chance, name) { Pace = chance.LogTime(TimeSpan.FromMilliseconds(5), TimeSpan.FromMilliseconds(150)) };
    }

    private IReadOnlyList<Violation> Check()
    {
        foreach ((string streamId, long step) in _service.Watch.Ended)
        {
            _history.Ended[streamId] = step;
        }

        foreach ((string streamId, long step) in _service.Watch.Closed)
        {
            _history.Closed[streamId] = step;
        }

        _history.LogStarts.AddRange(_service.Watch.LogStarts);
        _history.KeyWindow = Plan.HasFewKeys ? OperationHistory.NoWindow : Plan.Options.Memory.KeyWindow;
        _history.TombstonesKept = Plan.IsEntity ? Plan.TombstoneRetention : null;

        return HistoryChecker.Check(_history, StoredLogReader.Read(_service));
    }

    private static void Require(bool holds, string otherwise)
    {
        if (!holds)
        {
            throw new ViolationException(ViolationKind.Stuck, otherwise);
        }
    }
}
