using Headwater.Hostile.Attacks;
using Headwater.Hostile.Clients;

namespace Headwater.Hostile.Running;

/// <summary>Runs the attacks, one after the other and all together, and judges what the clients saw.</summary>
/// <param name="settings">What to run.</param>
/// <param name="output">Receives a line per pair of windows.</param>
internal sealed class HostileRun(RunSettings settings, TextWriter output)
{
    private const int Pairs = 3;

    private bool _isWell = true;

    private long Limit => (long)settings.Megabytes << 20;

    /// <returns>Whether the clients were served as promised.</returns>
    public async Task<bool> RunAsync()
    {
        await using Target target = await Target.StartAsync(settings);
        await using var attacks = AttackList.Of(target, settings);
        await target.Crew.PassAsync(settings.Length * 2); // Compiles the host's code.
        foreach (Attack attack in attacks.All)
        {
            await attack.PrepareAsync();
        }

        await output.WriteLineAsync(Pair.Head);
        foreach (Attack attack in attacks.All)
        {
            await JudgeAsync(attack.Name, [attack], target);
        }

        if (attacks.All.Count > 1)
        {
            await JudgeAsync("all together", attacks.All, target);
        }

        await EndAsync(target);
        await output.WriteLineAsync(_isWell ? "ok" : "FAILED");
        return _isWell;
    }

    /// <summary>Measures each attack on a host of its own, because it may end the host.</summary>
    public async Task MeasureAsync()
    {
        await output.WriteLineAsync(Pair.Head);
        foreach (string name in AttackList.Names(settings))
        {
            try
            {
                await using Target target = await Target.StartAsync(settings);
                await using var attacks = AttackList.Of(target, settings with { Name = name });
                await target.Crew.PassAsync(settings.Length);
                await attacks.All[0].PrepareAsync();
                Pair pair = await PassAsync(attacks.All, target);
                await output.WriteLineAsync(pair.Line(name));
                foreach (string failure in pair.With.Failures.Take(2))
                {
                    await output.WriteLineAsync($"  {failure}");
                }
            }
            catch (Exception problem) when (problem is InvalidOperationException or HttpRequestException or IOException or OperationCanceledException)
            {
                await output.WriteLineAsync($"{name,-35}was not measured: {problem.Message}");
            }
        }
    }

    /// <summary>The 99th percentile is judged by the best of up to three pairs of windows, all else by every window.</summary>
    private async Task JudgeAsync(string name, IReadOnlyList<Attack> attacks, Target target)
    {
        bool isFast = false;
        List<string> failures = [];
        for (int pairs = 0; pairs < Pairs && !isFast && target.Host.IsRunning; pairs++)
        {
            Pair pair = await PassAsync(attacks, target);
            isFast = pair.IsFast(settings.Slower);
            failures.AddRange(pair.Failures(Limit));
            await output.WriteLineAsync(pair.Line(name));
        }

        if (!isFast)
        {
            failures.Add("the clients were slow in every window");
        }

        await ReportAsync(failures);
        if (!target.Host.IsRunning)
        {
            await output.WriteLineAsync(string.Join('\n', target.Host.LastLines));
        }
    }

    private async Task<Pair> PassAsync(IReadOnlyList<Attack> attacks, Target target)
    {
        foreach (Attack attack in attacks)
        {
            await attack.Arm();
        }

        Window without = await target.Crew.PassAsync(settings.Length);
        using var over = new CancellationTokenSource();
        Task<IReadOnlyDictionary<string, int>>[] running = [.. attacks.Select(a => a.RunAsync(over.Token))];
        Window with = await target.Crew.PassAsync(settings.Length);
        await over.CancelAsync();
        string answers = string.Join("; ", (await Task.WhenAll(running)).Select(Counts));
        bool isRunning = target.Host.IsRunning;
        return new Pair(without, with, isRunning ? target.Host.TakePeakMemory() : 0, !isRunning, answers);
    }

    private async Task EndAsync(Target target)
    {
        if (target.Host.IsRunning)
        {
            (int wrong, int acknowledged) = await target.Crew.EndAsync();
            await output.WriteLineAsync($"{acknowledged:N0} events acknowledged, {wrong} lost or stored twice");
            _isWell &= wrong == 0;
        }
    }

    private async Task ReportAsync(IEnumerable<string> failures)
    {
        foreach (string failure in failures.Distinct())
        {
            _isWell = false;
            await output.WriteLineAsync($"  FAILED: {failure}");
        }
    }

    private static string Counts(IReadOnlyDictionary<string, int> answers) =>
        answers.Count == 0 ? "none" : string.Join(" ", answers.OrderBy(a => a.Key, StringComparer.Ordinal).Select(a => $"{a.Key}x{a.Value}"));
}
