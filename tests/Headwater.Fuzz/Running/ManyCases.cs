using System.Diagnostics;

namespace Headwater.Fuzz.Running;

/// <summary>Runs the cases of consecutive seeds on dedicated threads until the time is over.</summary>
internal sealed class ManyCases(ulong start, TimeSpan duration, int threads)
{
    private readonly Lock _gate = new();
    private readonly Stopwatch _watch = Stopwatch.StartNew();
    private ulong _next = start;

    public long Done { get; private set; }

    public long Steps { get; private set; }

    public long Accepted { get; private set; }

    public int Failures { get; private set; }

    /// <summary>The number of answers of each kind.</summary>
    public SortedDictionary<string, int> Answers { get; } = new(StringComparer.Ordinal);

    public TimeSpan Elapsed => _watch.Elapsed;

    /// <summary>Called with each case that broke a promise.</summary>
    public required Action<CaseResult> Failed { get; init; }

    public void Run()
    {
        Thread[] workers = [.. Enumerable.Range(0, threads).Select(_ => new Thread(Work, maxStackSize: 16 << 20))];
        Array.ForEach(workers, w => w.Start());
        Array.ForEach(workers, w => w.Join());
    }

    private void Work()
    {
        while (_watch.Elapsed < duration)
        {
            Note(CaseRun.Of(Take()));
        }
    }

    private ulong Take()
    {
        lock (_gate)
        {
            return _next++;
        }
    }

    private void Note(CaseResult result)
    {
        lock (_gate)
        {
            Done++;
            Steps += result.Case.Steps.Count;
            Accepted += result.Accepted;
            foreach (string answer in result.Answers)
            {
                Answers[answer] = Answers.GetValueOrDefault(answer) + 1;
            }

            if (result.Violation is not null)
            {
                Failures++;
                Failed(result);
            }
        }
    }
}
