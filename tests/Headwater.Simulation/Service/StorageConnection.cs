using Headwater.Log.Ports;
using Headwater.Simulation.Scheduling;

namespace Headwater.Simulation.Service;

/// <summary>One instance's connection to storage. Calls take time, get lost or arrive late, and the instance may die during any of them.</summary>
/// <param name="timeline">The timeline that schedules the calls.</param>
/// <param name="service">The service that receives the calls.</param>
/// <param name="caller">The party that receives the answers.</param>
/// <param name="patience">The timeout of a call.</param>
internal sealed class StorageConnection(Timeline timeline, StorageService service, Party caller, TimeSpan patience)
{
    private long _calls;

    public required Chance Chance { get; init; }

    public required FaultProfile Faults { get; set; }

    /// <summary>Decides at every call whether the caller dies.</summary>
    public required Func<CallKind, CrashMoment> CrashAt { get; init; }

    public required Action Crash { get; init; }

    /// <param name="kind">The operation.</param>
    /// <param name="target">The blob or row; for the trace.</param>
    /// <param name="apply">Applies the operation when the call arrives.</param>
    /// <param name="unclear">Makes the result for a call without an answer.</param>
    /// <param name="cancellation">Stops the wait; the call itself continues.</param>
    public Task<T> SendAsync<T>(CallKind kind, string target, Func<T> apply, Func<string, T> unclear, CancellationToken cancellation)
    {
        timeline.RequireOwnThread();
        cancellation.ThrowIfCancellationRequested();
        var answer = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        CrashMoment crash = CrashAt(kind);
        long number = ++_calls;
        if (crash == CrashMoment.BeforeSending)
        {
            timeline.Trace.Write(timeline, caller.Name, $"dies before {kind} {target}");
            Crash();
            return answer.Task;
        }

        Fate fate = Fate.Draw(Faults, Chance, kind, patience);
        timeline.Trace.Write(timeline, caller.Name, $"#{number} {kind} {target}");
        if (fate.Arrives)
        {
            timeline.After(fate.Travel, service.Party, () => Arrive(number, fate, crash, apply, unclear, answer));
        }

        timeline.After(fate.Broken ?? patience, caller, () => Settle(number, answer, () => unclear(fate.Broken is null ? "timeout" : "connection lost")));
        if (cancellation.CanBeCanceled)
        {
            cancellation.Register(() => answer.TrySetCanceled(cancellation));
        }

        if (crash == CrashMoment.AfterSending)
        {
            Crash();
        }

        return answer.Task;
    }

    private void Arrive<T>(long number, Fate fate, CrashMoment crash, Func<T> apply, Func<string, T> unclear, TaskCompletionSource<T> answer)
    {
        service.Arrived();
        timeline.NextStep();
        (string what, Func<T> result) = Happen(fate, apply, unclear);
        timeline.Trace.Write(
            timeline,
            service.Party.Name,
            $"{caller.Name} #{number} {what}{(fate.Garbled ? ", answered with an error" : "")}{(fate.Answered ? "" : ", not answered")}");
        if (crash == CrashMoment.AfterApplying)
        {
            timeline.Trace.Write(timeline, caller.Name, $"dies with #{number} applied");
            Crash();
        }

        if (fate.Answered)
        {
            timeline.After(fate.Back, caller, () => Settle(number, answer, fate.Garbled ? () => unclear("500 after it was applied") : result));
        }
    }

    private (string What, Func<T> Result) Happen<T>(Fate fate, Func<T> apply, Func<string, T> unclear)
    {
        if (service.IsDenying)
        {
            return ("denied", () => throw new StorageException(StorageFault.Denied, "403 AuthorizationFailure"));
        }

        return fate.Refused || service.IsDown
            ? ("refused", () => unclear(service.IsDown ? "503 ServerBusy" : "500 or 409"))
            : ("applied", Apply(fate, apply));
    }

    private static Func<T> Apply<T>(Fate fate, Func<T> apply)
    {
        try
        {
            T first = apply();
            T last = fate.Twice ? apply() : first;
            return () => last;
        }
        catch (StorageException refusal)
        {
            return () => throw refusal;
        }
    }

    private void Settle<T>(long number, TaskCompletionSource<T> answer, Func<T> result)
    {
        if (answer.Task.IsCompleted)
        {
            return;
        }

        try
        {
            T value = result();
            timeline.Trace.Write(timeline, caller.Name, $"#{number} answered {Describe(value)}");
            answer.TrySetResult(value);
        }
        catch (StorageException problem)
        {
            timeline.Trace.Write(timeline, caller.Name, $"#{number} failed: {problem.Message}");
            answer.TrySetException(problem);
        }
    }

    private static string Describe<T>(T value) => value switch
    {
        BlobRead read => $"{read.Content.Length} of {read.Length} bytes{(read.Sealed ? ", sealed" : "")}",
        AppendAnswer append => append.Status.ToString(),
        BlobPage page =>
            string.Join(' ', page.Items.Select(i => i.Name[(i.Name.LastIndexOf('/') + 1)..] + (i.Sealed ? "s" : "")))
                + (page.Continuation is null ? "" : " ..."),
        null => "nothing",
        _ => value.ToString() ?? "",
    };
}
