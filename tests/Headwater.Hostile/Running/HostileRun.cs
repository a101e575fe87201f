using System.Globalization;
using Headwater.Hostile.Attacks;
using Headwater.Hostile.Clients;
using Headwater.Testing;

namespace Headwater.Hostile.Running;

/// <summary>Runs the attacks, one after the other and all together, and judges what the clients saw.</summary>
/// <param name="assembly">The host's assembly.</param>
/// <param name="arguments">Further arguments of the host.</param>
/// <param name="length">The length of a window.</param>
/// <param name="output">Receives a line per attack.</param>
internal sealed class HostileRun(string assembly, string[] arguments, TimeSpan length, TextWriter output)
{
    private const int Pairs = 3;
    private const long MemoryLimit = 1L << 30;
    private const double LeastFirstTries = 0.95;

    private static readonly TimeSpan Acceptable = TimeSpan.FromSeconds(1);

    private bool _isWell = true;

    /// <returns>Whether the clients were served as promised.</returns>
    public async Task<bool> RunAsync(string name)
    {
        using AzuriteProcess azurite = await AzuriteProcess.StartAsync(CancellationToken.None);
        using HostProcess host = await HostProcess.StartAsync(assembly, azurite.ConnectionString, arguments);
        Attack[] attacks = [.. AllAttacks.Of(host, assembly, azurite.ConnectionString).Where(a => a.Name.Contains(name, StringComparison.Ordinal))];
        await using Crew crew = await Crew.StartAsync(host);
        await crew.PassAsync(length * 2); // Compiles the host's code.
        await output.WriteLineAsync($"{"attack",-34}{"p99 ms: without",16}{"with",8}{"first tries",13}{"host peak MB",14}  answers to the attack");
        foreach (Attack attack in attacks)
        {
            await attack.PrepareAsync();
            await JudgeAsync(attack.Name, [attack], host, crew);
        }

        if (attacks.Length > 1)
        {
            await JudgeAsync("all together", attacks, host, crew);
        }

        if (host.IsRunning)
        {
            (int wrong, int acknowledged) = await crew.EndAsync();
            await output.WriteLineAsync($"{acknowledged:N0} events acknowledged, {wrong} lost or stored twice");
            _isWell &= wrong == 0;
        }

        await output.WriteLineAsync(_isWell ? "ok" : "FAILED");
        return _isWell;
    }

    /// <summary>The 99th percentile is judged by the best of up to three pairs of windows, all else by every window.</summary>
    private async Task JudgeAsync(string name, Attack[] attacks, HostProcess host, Crew crew)
    {
        bool isFast = false;
        List<string> failures = [];
        for (int pair = 0; pair < Pairs && !isFast && host.IsRunning; pair++)
        {
            Window without = await crew.PassAsync(length);
            _ = host.TakePeakMemory();
            using var over = new CancellationTokenSource();
            Task<IReadOnlyDictionary<string, int>>[] running = [.. attacks.Select(a => a.RunAsync(over.Token))];
            Window with = await crew.PassAsync(length);
            await over.CancelAsync();
            string answers = string.Join("; ", (await Task.WhenAll(running)).Select(Counts));
            if (!host.IsRunning)
            {
                failures.Add("the host ended");
                break;
            }

            long peak = host.TakePeakMemory();
            TimeSpan allowed = without.Slow * 3 > Acceptable ? without.Slow * 3 : Acceptable;
            isFast = with.Slow <= allowed;
            failures.AddRange(FailuresOf(with, peak));
            await output.WriteLineAsync(string.Create(
                CultureInfo.InvariantCulture,
                $"{name,-34}{without.Slow.TotalMilliseconds,16:0}{with.Slow.TotalMilliseconds,8:0}{with.FirstTries,13:P1}{peak >> 20,14}  {answers}"));
        }

        if (!isFast)
        {
            failures.Add("the clients were slow in every window");
        }

        foreach (string failure in failures.Distinct())
        {
            _isWell = false;
            await output.WriteLineAsync($"  FAILED: {failure}");
        }
    }

    private static IEnumerable<string> FailuresOf(Window window, long peak)
    {
        if (window.FirstTries < LeastFirstTries)
        {
            yield return string.Create(CultureInfo.InvariantCulture, $"only {window.FirstTries:P1} of {window.Count} first tries succeeded");
        }

        foreach (string failure in window.Failures.Take(3))
        {
            yield return failure;
        }

        if (peak >= MemoryLimit)
        {
            yield return $"the host had {peak >> 20} MB resident, beyond the 1,024 MB that it may use";
        }
    }

    private static string Counts(IReadOnlyDictionary<string, int> answers) =>
        answers.Count == 0 ? "none" : string.Join(" ", answers.OrderBy(a => a.Key, StringComparer.Ordinal).Select(a => $"{a.Key}x{a.Value}"));
}
