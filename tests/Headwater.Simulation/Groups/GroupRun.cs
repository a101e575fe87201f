using Headwater.Log.Groups.Model;
using Headwater.Simulation.Checking;
using Headwater.Simulation.History;
using Headwater.Simulation.Instances;
using Headwater.Simulation.Runs;
using Headwater.Simulation.Scheduling;
using Headwater.Simulation.Service;
using Headwater.Simulation.Workload;

namespace Headwater.Simulation.Groups;

/// <summary>
/// Runs one simulation of consumer groups from seed to result: a phase with faults, then a phase without faults in which the assignment must become
/// stable.
/// </summary>
internal sealed class GroupRun
{
    private const int Appends = 12;

    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(30);

    private readonly ulong _seed;

    private readonly Timeline _timeline;

    private readonly StorageService _service;

    private readonly ClientContext _clients;

    private readonly GroupContext _context;

    private readonly Chance _chance;

    private readonly List<MemberProcess> _processes = [];

    public GroupRun(ulong seed, bool trace, Func<Chance, GroupPlan> draw)
    {
        _seed = seed;
        _chance = new Chance(seed);
        Plan = draw(new Chance(_chance.Word()));
        _timeline = new Timeline(_chance.Word(), new Trace(trace));
        _service = new StorageService(_timeline, tableSkew: Plan.TableSkew);
        Fleet = new Fleet(_timeline, _service, Plan.Log, new Chance(_chance.Word()));
        _clients = new ClientContext(_timeline, Fleet, new OperationHistory());
        var ledger = new OwnershipLedger(_timeline);
        Watch = new GroupWatch(_service, ledger);
        _context = new GroupContext(_clients, Plan, ledger, Watch, new Chance(_chance.Word()));
    }

    public GroupPlan Plan { get; }

    public Fleet Fleet { get; }

    public GroupWatch Watch { get; }

    public static SeedResult Run(ulong seed, bool trace) => new GroupRun(seed, trace, GroupPlan.Draw).Run();

    public SeedResult Run()
    {
        IReadOnlyList<Violation> violations = [];
        try
        {
            Simulate();
        }
        catch (SimulationFailedException failed)
        {
            violations =
                [(failed.InnerException as ViolationException)?.Violation ?? new Violation(ViolationKind.UnexpectedAnswer, failed.InnerException!.ToString())];
        }
        catch (ViolationException violation)
        {
            violations = [violation.Violation];
        }

        return new SeedResult(_seed, violations, _clients.Operations, _service.Calls, _timeline.Trace.Text);
    }

    private void Simulate()
    {
        new Troublemaker(_clients, _service, new Chance(_chance.Word())).Start();
        Fill();
        var operators = new GroupOperator(_context);
        _clients.Start("timer", operators.CopyAsync);
        _clients.Start("operator", operators.ResetAsync);
        if (Plan.HasPlainConsumer)
        {
            _clients.Start("plain", new PlainConsumer(_context).RunAsync);
        }

        for (int i = 0; i < Plan.Processes; i++)
        {
            Start(Plan.HasFixedIds ? MemberName.Parse($"m{i}") : null);
        }

        _timeline.Run(() => _clients.IsStopping, Longest);
        _clients.Stop();
        Settle();
    }

    /// <summary>Appends events, so that there are offsets to commit.</summary>
    private void Fill()
    {
        var client = new Client(_clients, new Chance(_chance.Word()), "producer") { IsHasty = false };
        bool filled = false;
        _clients.Start(client.Name, async () =>
        {
            await StreamAdministration.CreateAsync(client, _clients.Streams[0], client.AnyInstance);
            for (int partition = 0; partition < _context.Ends.Length; partition++)
            {
                for (int stored = 0; stored < Appends;)
                {
                    AppendAttempt attempt = await client.AppendAsync(_clients.Streams[0], Drafts.For(client, partition));
                    stored += attempt.IsStored ? 1 : 0;
                    await _clients.PauseAsync(TimeSpan.FromMilliseconds(attempt.IsStored ? 1 : 100));
                    _context.Ends[partition] = attempt.IsStored ? attempt.Shares[0].Base!.Value + 1 : _context.Ends[partition];
                }
            }

            filled = true;
        });
        Require(_timeline.Run(() => filled, Longest), ViolationKind.Stuck, "the log cannot be filled");
    }

    private void Start(MemberName? id)
    {
        var process = new MemberProcess(_context, $"c{_processes.Count}", id, Replace);
        _processes.Add(process);
        _clients.Start(process.Name, process.RunAsync);
    }

    /// <summary>Starts another process to replace one that died, left or seems to hang.</summary>
    private void Replace(MemberProcess process) =>
        _timeline.After(_chance.LogTime(TimeSpan.FromMilliseconds(100), Plan.Session * 2), Fleet.Clients, () => Start(process.FixedId));

    private void Settle()
    {
        Fleet.Heal();

        // Long enough for late calls to arrive, for the longest session after a loss of the tables, and for some more rounds.
        _timeline.Run(() => false, Plan.Log.Faults.LatestLanding + Plan.Log.Troubles.LongestFreeze);
        Fleet.Heal();
        _timeline.Run(() => false, MemberSession.AfterLoss + (Plan.Session * 5));

        // A session of a few seconds may end occasionally where the service's clocks differ by 3 s, and the member joins again. A stable assignment must
        // therefore last for one session, not for ever.
        for (int round = 0, moved = -1; round < 5 && !(IsSettled() && Watch.Transfers == moved); round++)
        {
            _timeline.Run(IsSettled, Plan.Session * 5);
            moved = Watch.Transfers;
            _timeline.Run(() => false, Plan.Session);
        }

        if (Unsettled() is { } violation)
        {
            throw violation;
        }

        _context.IsOver = true;
        Require(_timeline.Run(() => _clients.AllStopped, Longest), ViolationKind.Stuck, "clients wait for answers though all faults are gone");
    }

    private bool IsSettled() => Unsettled() is null;

    /// <returns>The reason why the assignment is not stable; null if every partition has one owner, shares are even, and every owner can commit.</returns>
    private ViolationException? Unsettled()
    {
        MemberProcess[] living = [.. _processes.Where(p => !p.IsGone)];
        if (living.Length == 0)
        {
            return null;
        }

        for (int partition = 0; partition < _context.Ends.Length; partition++)
        {
            int owners = _context.Ledger.Owners(partition).Count;
            if (owners != 1)
            {
                return new ViolationException(ViolationKind.Unbalanced, $"partition {partition} has {owners} owners though everyone is well");
            }
        }

        if (living.Max(p => p.Owned) - living.Min(p => p.Owned) > 1)
        {
            return new ViolationException(ViolationKind.Unbalanced, $"shares are {string.Join(' ', living.Select(p => p.Owned))}");
        }

        return living.All(p => p.IsContent) ? null : new ViolationException(ViolationKind.Stuck, "a member cannot commit what it owns though everyone is well");
    }

    private static void Require(bool holds, ViolationKind kind, string otherwise)
    {
        if (!holds)
        {
            throw new ViolationException(kind, otherwise);
        }
    }

    private static class MemberSession
    {
        public static TimeSpan AfterLoss { get; } = Log.Groups.Model.MemberRequest.SessionDefault + TimeSpan.FromSeconds(15);
    }
}
