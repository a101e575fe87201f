using Headwater.Core.Positions;
using Headwater.Log.Groups.Offsets;
using Headwater.Log.Groups.Snapshots;
using Headwater.Log.Read;
using Headwater.Simulation.Scheduling;

namespace Headwater.Simulation.Groups;

/// <summary>The timer that copies groups, and an operator who rewinds the group with members.</summary>
internal sealed class GroupOperator(GroupContext context)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly Chance _chance = context.NewChance();

    public async Task CopyAsync()
    {
        while (!context.IsOver)
        {
            await context.Clients.PauseAsync(context.Plan.Copies * (2 * _chance.Fraction()));
            (GroupSnapshotReport? report, _) = await context.AskAsync(
                "timer", "copies", Patience, (log, _, cancellation) => log.Groups.CopyChangedAsync(TimeSpan.FromMinutes(1), cancellation));
            context.Write("timer", $"{report}");
        }
    }

    public async Task ResetAsync()
    {
        while (!context.IsSettling && context.Plan.Rewinds is { } pace)
        {
            await context.Clients.PauseAsync(pace * (2 * _chance.Fraction()));
            bool force = _chance.Happens(0.6);
            ReadFrom to = _chance.Happens(0.3) ? ReadFrom.Latest : ReadFrom.At(new Offset(_chance.Below(20)));
            await context.AskAsync("operator", $"rewinds{(force ? " by force" : "")}", Patience, (log, stream, cancellation) =>
                log.Groups.ResetAsync(stream, GroupContext.Shared, new ResetRequest(to, null, _chance.Happens(0.2), force), cancellation));
        }
    }
}
