namespace Headwater.Simulation.Scheduling;

/// <summary>Schedules continuations on the timeline as turns of the party that awaited.</summary>
internal sealed class PartyContext(Timeline timeline, Party party) : SynchronizationContext
{
    public override void Post(SendOrPostCallback d, object? state) => timeline.Post(party, d, state);

    public override void Send(SendOrPostCallback d, object? state) => throw new NotSupportedException("Nothing in the log may block on its context.");

    public override SynchronizationContext CreateCopy() => new PartyContext(timeline, party);
}
