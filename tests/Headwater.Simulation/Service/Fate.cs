using Headwater.Simulation.Scheduling;

namespace Headwater.Simulation.Service;

/// <summary>The fate of one storage call, decided when the call is made.</summary>
/// <param name="Travel">The time until the call arrives.</param>
/// <param name="Back">The time from arrival until the answer is back.</param>
internal readonly record struct Fate(TimeSpan Travel, TimeSpan Back)
{
    public bool Arrives { get; init; } = true;

    public bool Refused { get; init; }

    public bool Answered { get; init; } = true;

    /// <summary>The answer is an error although the call was applied.</summary>
    public bool Garbled { get; init; }

    public bool Twice { get; init; }

    /// <summary>The time after which the caller sees a broken connection; null if the caller waits for its own timeout.</summary>
    public TimeSpan? Broken { get; init; }

    public static Fate Draw(FaultProfile faults, Chance chance, CallKind kind, TimeSpan patience)
    {
        var fate = new Fate(chance.Time(faults.LeastLatency, faults.MostLatency) / 2, chance.Time(faults.LeastLatency, faults.MostLatency) / 2);
        if (chance.Happens(faults.Slow))
        {
            return fate with { Travel = chance.LogTime(faults.MostLatency, patience * 1.2) };
        }

        if (chance.Happens(faults.Refused))
        {
            return fate with { Refused = true };
        }

        if (chance.Happens(faults.AppliedWithError))
        {
            return fate with { Garbled = true };
        }

        if (chance.Happens(faults.RequestLost))
        {
            return fate with { Arrives = false, Broken = BreakOrNot(chance, fate) };
        }

        if (chance.Happens(faults.AnswerLost))
        {
            return fate with { Answered = false, Broken = BreakOrNot(chance, fate) };
        }

        if (chance.Happens(faults.Late) && kind is not (CallKind.Read or CallKind.List or CallKind.TableRead))
        {
            TimeSpan? broken = BreakOrNot(chance, fate);
            TimeSpan landing = (broken ?? patience) + chance.LogTime(TimeSpan.FromMilliseconds(1), faults.LatestLanding);
            return fate with { Travel = landing, Answered = false, Broken = broken };
        }

        bool hasNoBody = kind is CallKind.Create or CallKind.Seal or CallKind.Delete;
        return fate with { Twice = hasNoBody && chance.Happens(faults.Twice) };
    }

    private static TimeSpan? BreakOrNot(Chance chance, Fate fate) => chance.Happens(0.5) ? fate.Travel + fate.Back : null;
}
