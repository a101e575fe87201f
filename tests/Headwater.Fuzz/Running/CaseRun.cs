using Headwater.Fuzz.Cases;
using Headwater.Fuzz.Checking;
using Headwater.Fuzz.Generation;
using Headwater.Fuzz.Hosting;
using Headwater.Testing;

namespace Headwater.Fuzz.Running;

/// <summary>Runs one case on one thread in virtual time: every step, then the checks of its answer, up to the first violation.</summary>
internal sealed class CaseRun
{
    private readonly List<FuzzStep> _steps = [];
    private readonly List<string> _answers = [];
    private readonly VirtualTime _time = new();
    private readonly FuzzStorage _storage;
    private readonly FuzzHost _host;
    private readonly ReadBackCheck _readBack;
    private readonly QueueCheck _queues;
    private readonly ulong _seed;
    private LogView _view = new();
    private int _accepted;

    private CaseRun(ulong seed)
    {
        _seed = seed;
        _storage = new FuzzStorage(_time);
        _host = new FuzzHost(_storage, seed);
        _readBack = new ReadBackCheck(_time, seed);
        _queues = new QueueCheck(_host, _storage);
    }

    /// <summary>Runs the case that a seed draws.</summary>
    public static CaseResult Of(ulong seed)
    {
        var draw = new CaseDraw(seed);
        return new CaseRun(seed).Run(draw.Next, draw.Learn);
    }

    /// <summary>Runs a case from a file.</summary>
    public static CaseResult Of(FuzzCase kept)
    {
        var steps = new Queue<FuzzStep>(kept.Steps);
        return new CaseRun(kept.Seed).Run(() => steps.TryDequeue(out FuzzStep? step) ? step : null, _ => { });
    }

    private CaseResult Run(Func<FuzzStep?> next, Action<FuzzAnswer> learn)
    {
        string? violation = null;
        new TurnLoop(_time).Run(async () => violation = await StepsAsync(next, learn));
        return new CaseResult(new FuzzCase(_seed, _steps), violation, _accepted, _answers);
    }

    private async Task<string?> StepsAsync(Func<FuzzStep?> next, Action<FuzzAnswer> learn)
    {
        try
        {
            while (next() is { } step)
            {
                _steps.Add(step);
                _time.Advance(TimeSpan.FromMilliseconds(1));
                if (step.Method is null)
                {
                    await _storage.Queues.SendAsync(step.Target, step.Body ?? [], TimeSpan.Zero, CancellationToken.None);
                    await HandleMessagesAsync(null, step.Fault);
                }
                else
                {
                    await RequestAsync(step, learn);
                }
            }

            return null;
        }
        catch (Exception exception)
        {
            return $"step {_steps.Count} ({_steps[^1]}): {(exception is ViolationException ? exception.Message : exception)}";
        }
    }

    private async Task RequestAsync(FuzzStep step, Action<FuzzAnswer> learn)
    {
        FuzzAnswer answer = await _host.SendAsync(step);
        AnswerCheck.Check(answer);
        _answers.Add(answer.Kind);
        learn(answer);
        FuzzHost fresh = Fresh();
        LogView after = await LogView.TakeAsync(fresh);
        IReadOnlyList<Growth> growth = after.Since(_view);
        AppendCheck.Check(answer, growth);
        LogView before = _view;
        _view = after;
        if (answer.Status == 503 && AppendCheck.IsAppend(answer) && step.Headers.Any(h => h.Name == "Idempotency-Key" && h.Value.StartsWith("own-", StringComparison.Ordinal)))
        {
            growth = await RepeatAsync(step, before);
        }

        await ReadBackAsync(fresh, growth, answer.Status == 200 ? step.Values : null);
        if (answer.Status == 202 || step.Path.StartsWith("/appends/poison", StringComparison.Ordinal))
        {
            await HandleMessagesAsync(answer, answer.Status == 202 ? step.Fault : null);
        }
    }

    /// <summary>Sends a request again whose outcome was not clear: then every event is stored once.</summary>
    private async Task<IReadOnlyList<Growth>> RepeatAsync(FuzzStep step, LogView before)
    {
        FuzzAnswer again = await _host.SendAsync(step with { Fault = null });
        AnswerCheck.Check(again);
        _view = await LogView.TakeAsync(Fresh());
        IReadOnlyList<Growth> growth = _view.Since(before);
        if (again.Status == 200)
        {
            int count = again.Json().GetProperty("count").GetInt32();
            ViolationException.ThrowUnless(
                growth.Sum(g => g.Count) == count, $"after the repeat with the same Idempotency-Key the log has {string.Join(", ", growth)}\n{again}");
        }

        return growth;
    }

    private async Task HandleMessagesAsync(FuzzAnswer? accepted, FuzzFault? fault)
    {
        await _queues.DrainAsync(fault);
        await _queues.CheckPoisonAsync();
        FuzzHost fresh = Fresh();
        LogView after = await LogView.TakeAsync(fresh);
        IReadOnlyList<Growth> growth = after.Since(_view);
        if (accepted is { Status: 202 })
        {
            await _queues.CheckStatusAsync(accepted, growth);
        }

        _view = after;
        await ReadBackAsync(fresh, growth, accepted is { Status: 202 } ? accepted.Step.Values : null);
    }

    private async Task ReadBackAsync(FuzzHost fresh, IReadOnlyList<Growth> growth, IReadOnlyList<string>? values)
    {
        _accepted += growth.Count > 0 ? 1 : 0;
        foreach (Growth grown in growth.Where(g => g.Count > 0))
        {
            await _readBack.CheckAsync(fresh, grown, values);
        }
    }

    private FuzzHost Fresh() => new(_storage, ~_seed);
}
