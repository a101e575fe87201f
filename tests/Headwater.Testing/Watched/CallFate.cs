using Headwater.Log.Ports;

namespace Headwater.Testing;

/// <summary>What happens to one storage call.</summary>
public abstract record CallFate
{
    /// <summary>The call is not applied, but the caller cannot know that (an append returns <see cref="AppendStatus.Unknown"/>).</summary>
    public static CallFate LostBefore { get; } = new Unclear(Applied: false);

    /// <summary>The call is applied, but its answer is lost.</summary>
    public static CallFate AnswerLost { get; } = new Unclear(Applied: true);

    /// <summary>The process ends before the call reaches the service: the call never returns.</summary>
    public static CallFate CrashBefore { get; } = new Crash(Applied: false);

    /// <summary>The process ends after the call was applied: the call never returns.</summary>
    public static CallFate CrashAfter { get; } = new Crash(Applied: true);

    /// <summary>The call fails with a fault that proves that it was not applied.</summary>
    public static CallFate Refused(StorageFault fault) => new Refusal(fault);

    /// <summary>The call throws this exception, as a defect in the code that makes it would.</summary>
    public static CallFate Throws(Exception defect) => new Defect(defect);

    /// <summary>The call reaches the service only when <paramref name="gate"/> opens.</summary>
    public static CallFate HeldUntil(Task gate) => new Held(gate, AnswerOnly: false);

    /// <summary>The call is applied at once and answered when <paramref name="gate"/> opens.</summary>
    public static CallFate AnsweredAfter(Task gate) => new Held(gate, AnswerOnly: true);

    /// <summary>The caller learns at once that the outcome is unclear; the call is applied when <paramref name="gate"/> opens.</summary>
    public static CallFate LandsAfter(Task gate) => new Late(gate);

    /// <summary>An append returns this status without being applied.</summary>
    public static CallFate Answered(AppendStatus status) => new AnsweredWith(status);

    /// <summary>The intrusion runs first, as if another process were faster; then the call proceeds normally.</summary>
    public static CallFate After(Func<Task> intrusion) => new Overtaken(intrusion);

    internal sealed record Unclear(bool Applied) : CallFate;

    internal sealed record Crash(bool Applied) : CallFate;

    internal sealed record Refusal(StorageFault Fault) : CallFate;

    internal sealed record Defect(Exception Exception) : CallFate;

    internal sealed record Held(Task Gate, bool AnswerOnly) : CallFate;

    internal sealed record Late(Task Gate) : CallFate;

    internal sealed record AnsweredWith(AppendStatus Status) : CallFate;

    internal sealed record Overtaken(Func<Task> Intrusion) : CallFate;
}
