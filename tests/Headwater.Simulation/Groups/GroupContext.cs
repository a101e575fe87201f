using Headwater.Contracts.Errors;
using Headwater.Log;
using Headwater.Log.Groups.Model;
using Headwater.Log.Model;
using Headwater.Simulation.Checking;
using Headwater.Simulation.Instances;
using Headwater.Simulation.Scheduling;
using Headwater.Simulation.Workload;

namespace Headwater.Simulation.Groups;

/// <summary>State that all participants of group simulations share.</summary>
internal sealed class GroupContext(ClientContext clients, GroupPlan plan, OwnershipLedger ledger, GroupWatch watch, Chance chance)
{
    public static GroupName Shared { get; } = GroupName.Parse("shared");

    public static GroupName Plain { get; } = GroupName.Parse("plain");

    private long _numbers;

    public ClientContext Clients { get; } = clients;

    public GroupPlan Plan { get; } = plan;

    public OwnershipLedger Ledger { get; } = ledger;

    public GroupWatch Watch { get; } = watch;

    /// <summary>The number of events in each partition.</summary>
    public long[] Ends { get; } = new long[clients.Plan.Partitions];

    public TimeSpan Now => Clients.Timeline.Now;

    /// <summary>All faults have ended; the processes continue only until the assignment is stable.</summary>
    public bool IsSettling => Clients.IsStopping;

    public bool IsOver { get; set; }

    public long NextNumber() => ++_numbers;

    public Chance NewChance() => new(chance.Word());

    public void Write(string who, string what) => Clients.Timeline.Trace.Write(Clients.Timeline, who, $"{what}");

    /// <summary>Calls any instance. Returns null and the error code if the call failed, as far as the client knows.</summary>
    public async Task<(T? Answer, ErrorCode? Refusal)> AskAsync<T>(
        string who, string what, TimeSpan patience, Func<EventLog, StreamDescription, CancellationToken, Task<T>> ask)
        where T : class
    {
        Clients.Begin();
        SimulatedInstance instance = Clients.Fleet.Any();
        bool isFollowed = chance.Happens(0.5); // Otherwise the instance continues the call after the client has timed out.
        Write(who, $"asks {instance.Party.Name}: {what}");
        try
        {
            T answer = await Clients.Fleet.CallAsync(
                instance,
                async (log, cancellation) => await ask(
                    log,
                    await log.Streams.RecallAsync(Clients.Streams[0], TimeSpan.FromMinutes(10), cancellation),
                    isFollowed ? cancellation : CancellationToken.None),
                patience);
            return (answer, null);
        }
        catch (Exception problem) when (problem is not ViolationException)
        {
            ErrorCode? refusal = Answers.Read(problem, out _, out _);
            Write(who, $"is refused: {refusal?.ToString() ?? problem.Message}");
            return (null, refusal);
        }
    }
}
