using Headwater.Log.Ports;

namespace Headwater.Testing;

/// <summary>Records the storage calls of one instance and decides what happens to some of them.</summary>
public sealed class CallScript
{
    private readonly List<StorageCall> _calls = [];
    private readonly List<Rule> _rules = [];
    private readonly TaskCompletionSource _died = new();
    private int _next = 1;

    /// <summary>Calls made since the last <see cref="Clear"/>, in order.</summary>
    public IReadOnlyList<StorageCall> Calls => _calls;

    /// <summary>Completes when a call crashes the process.</summary>
    public Task Died => _died.Task;

    public IEnumerable<StorageCall> Of(StorageOperation operation) => _calls.Where(c => c.Operation == operation);

    /// <summary>Forgets the recorded calls and restarts their numbers at 1. Rules stay in force.</summary>
    public void Clear()
    {
        _calls.Clear();
        _next = 1;
    }

    /// <summary>Decides the next <paramref name="times"/> matching calls. If several rules match, the oldest decides.</summary>
    public CallScript When(Func<StorageCall, bool> which, CallFate fate, int times = 1)
    {
        _rules.Add(new Rule(which, fate, times));
        return this;
    }

    /// <summary>Decides the next call of this kind.</summary>
    public CallScript Next(StorageOperation operation, CallFate fate, int times = 1) => When(c => c.Operation == operation, fate, times);

    /// <summary>Decides every matching call until <see cref="Heal"/>.</summary>
    public CallScript Every(Func<StorageCall, bool> which, CallFate fate) => When(which, fate, int.MaxValue);

    /// <summary>Removes all rules, so that storage works again.</summary>
    public void Heal() => _rules.Clear();

    internal StorageCall Begin(StorageOperation operation, string name, long position = 0, int sent = 0)
    {
        var call = new StorageCall(_next++, operation, name) { Position = position, Sent = sent };
        _calls.Add(call);
        return call;
    }

    /// <summary>Executes a call as the script decides.</summary>
    /// <param name="unclear">Makes the answer to a call with an unclear outcome; null: such a call throws.</param>
    internal async ValueTask<T> CarryOutAsync<T>(StorageCall call, Func<ValueTask<T>> apply, Func<AppendStatus, T>? unclear = null)
    {
        switch (_rules.FirstOrDefault(r => r.Times > 0 && r.Which(call))?.Take())
        {
            case CallFate.Unclear lost:
                return lost.Applied ? Lost(call, await apply(), unclear) : Lost(call, default, unclear);
            case CallFate.Crash crash:
                return await DieAsync(crash.Applied ? apply : null);
            case CallFate.Refusal refusal:
                throw new StorageException(refusal.Fault, $"The script refused {call}.");
            case CallFate.Defect defect:
                throw defect.Exception;
            case CallFate.Held { AnswerOnly: false } held:
                await held.Gate;
                return await apply();
            case CallFate.Held held:
                T answer = await apply();
                await held.Gate;
                return answer;
            case CallFate.Late late:
                _ = ApplyLaterAsync(late.Gate, apply);
                return Lost(call, default, unclear);
            case CallFate.AnsweredWith answered:
                return unclear is null ? throw new InvalidOperationException($"{call} is not an append.") : unclear(answered.Status);
            case CallFate.Overtaken overtaken:
                await overtaken.Intrusion();
                return await apply();
            default:
                return await apply();
        }
    }

    private static T Lost<T>(StorageCall call, T? answer, Func<AppendStatus, T>? unclear)
    {
        (answer as IDisposable)?.Dispose();
        return unclear is null ? throw new StorageException(StorageFault.Unavailable, $"{call} got no answer.") : unclear(AppendStatus.Unknown);
    }

    private static async Task ApplyLaterAsync<T>(Task gate, Func<ValueTask<T>> apply)
    {
        await gate;
        await apply();
    }

    private async ValueTask<T> DieAsync<T>(Func<ValueTask<T>>? apply)
    {
        if (apply is not null)
        {
            await apply();
        }

        Every(_ => true, CallFate.CrashBefore);
        _died.TrySetResult();
        return await new TaskCompletionSource<T>().Task;
    }

    private sealed class Rule(Func<StorageCall, bool> which, CallFate fate, int times)
    {
        public Func<StorageCall, bool> Which { get; } = which;

        public int Times { get; private set; } = times;

        public CallFate Take()
        {
            Times--;
            return fate;
        }
    }
}
