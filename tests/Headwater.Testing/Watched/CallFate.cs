using Headwater.Log.Ports;

namespace Headwater.Testing;

/// <summary>What becomes of one storage call.</summary>
public abstract record CallFate
{
    /// <summary>Not applied; the caller cannot know (an append is answered <see cref="AppendStatus.Unknown"/>).</summary>
    public static CallFate LostBefore { get; } = new Unclear(Applied: false);

    /// <summary>Applied; the answer is lost.</summary>
    public static CallFate AnswerLost { get; } = new Unclear(Applied: true);

    /// <summary>The process ends before the call reaches the service: the call never returns.</summary>
    public static CallFate CrashBefore { get; } = new Crash(Applied: false);

    /// <summary>The process ends after the call was applied: the call never returns.</summary>
    public static CallFate CrashAfter { get; } = new Crash(Applied: true);

    /// <summary>Refused with a fault that proves nothing was done.</summary>
    public static CallFate Refused(StorageFault fault) => new Refusal(fault);

    /// <summary>Reaches the service only when <paramref name="gate"/> opens.</summary>
    public static CallFate HeldUntil(Task gate) => new Held(gate, AnswerOnly: false);

    /// <summary>Applied at once, answered when <paramref name="gate"/> opens.</summary>
    public static CallFate AnsweredAfter(Task gate) => new Held(gate, AnswerOnly: true);

    /// <summary>The caller is told at once that the outcome is unclear; the call lands when <paramref name="gate"/> opens.</summary>
    public static CallFate LandsAfter(Task gate) => new Late(gate);

    /// <summary>What an append is answered, without being applied.</summary>
    public static CallFate Answered(AppendStatus status) => new AnsweredWith(status);

    /// <summary>Something else is done first, as if another process had been quicker; then the call goes its normal way.</summary>
    public static CallFate After(Func<Task> intrusion) => new Overtaken(intrusion);

    internal sealed record Unclear(bool Applied) : CallFate;

    internal sealed record Crash(bool Applied) : CallFate;

    internal sealed record Refusal(StorageFault Fault) : CallFate;

    internal sealed record Held(Task Gate, bool AnswerOnly) : CallFate;

    internal sealed record Late(Task Gate) : CallFate;

    internal sealed record AnsweredWith(AppendStatus Status) : CallFate;

    internal sealed record Overtaken(Func<Task> Intrusion) : CallFate;
}
