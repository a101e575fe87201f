using Headwater.Contracts.Errors;
using Headwater.Core.Positions;
using Headwater.Log.Groups.Offsets;
using Headwater.Log.Read;
using Headwater.Simulation.Checking;
using Headwater.Simulation.Scheduling;

namespace Headwater.Simulation.Groups;

/// <summary>Commits offsets without membership, in a group that is occasionally rewound and deleted.</summary>
internal sealed class PlainConsumer(GroupContext context)
{
    private const string Name = "plain";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly Chance _chance = context.NewChance();

    public async Task RunAsync()
    {
        while (!context.IsSettling)
        {
            await context.Clients.PauseAsync(TimeSpan.FromSeconds(2) * _chance.Fraction());
            await (_chance.Below(10) switch
            {
                0 => ResetAsync(),
                1 => DeleteAsync(),
                _ => CommitAsync(),
            });
        }
    }

    private async Task CommitAsync()
    {
        int partition = _chance.Below(context.Ends.Length);
        long offset = _chance.Below((int)context.Ends[partition] + 1);
        string metadata = new CommitTag(Name, null, 0, context.NextNumber()).Text;
        var request = new CommitRequest([new PartitionCommit(new PartitionId(partition), new Offset(offset), metadata)], null, null);
        (CommitRequest? done, ErrorCode? refusal) = await context.AskAsync(
            Name, $"commits {partition}:{offset} as {metadata}", Patience,
            async (log, stream, cancellation) =>
            {
                await log.Groups.CommitAsync(stream, GroupContext.Plain, request, cancellation);
                return request;
            });
        if (done is not null)
        {
            context.Watch.Acknowledged(GroupContext.Plain.Value, partition, metadata);
        }
        else if (refusal is ErrorCode.PartitionHeld or ErrorCode.PartitionLost or ErrorCode.MemberExpired)
        {
            throw new ViolationException(ViolationKind.WrongRefusal, $"a group without members refuses a commit: {refusal}");
        }
    }

    private async Task ResetAsync() => await context.AskAsync(Name, "rewinds", Patience, (log, stream, cancellation) =>
        log.Groups.ResetAsync(stream, GroupContext.Plain, new ResetRequest(ReadFrom.At(new Offset(_chance.Below(10))), null, false, false), cancellation));

    private async Task DeleteAsync() => await context.AskAsync(Name, "deletes the group", Patience, async (log, stream, cancellation) =>
    {
        await log.Groups.DeleteAsync(stream, GroupContext.Plain, force: false, cancellation);
        return this;
    });
}
