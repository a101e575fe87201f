namespace Headwater.Simulation.Runs;

/// <summary>Runs a range of seeds on dedicated threads. Each simulation has its own thread; the thread pool stays idle.</summary>
internal sealed class ManySeeds(ulong start, int count, int threads, bool stopAtFirst)
{
    private const int ProgressEvery = 100;

    private readonly Lock _gate = new();

    private int _next;

    private Exception? _broken;

    public int Done { get; private set; }

    public int Failures { get; private set; }

    public long Operations { get; private set; }

    public long StorageCalls { get; private set; }

    /// <summary>Called occasionally with the number of completed seeds.</summary>
    public Action<int> Progress { get; set; } = _ => { };

    /// <summary>Runs one seed.</summary>
    public Func<ulong, SeedResult> RunSeed { get; init; } = seed => SeedRun.Run(seed, trace: false);

    public Action<SeedResult> Failed { get; set; } = _ => { };

    public void Run()
    {
        Thread[] workers = [.. Enumerable.Range(0, threads).Select(_ => new Thread(Work, maxStackSize: 16 << 20))];
        Array.ForEach(workers, w => w.Start());
        Array.ForEach(workers, w => w.Join());
        if (_broken is { } problem)
        {
            throw new InvalidOperationException("The simulator itself failed: " + problem, problem);
        }
    }

    private void Work()
    {
        while (Take() is { } seed)
        {
            try
            {
                Note(RunSeed(seed));
            }
            catch (Exception problem)
            {
                _broken = new InvalidOperationException($"Seed {seed}", problem);
            }
        }
    }

    private ulong? Take()
    {
        lock (_gate)
        {
            bool over = _next == count || _broken is not null || (stopAtFirst && Failures > 0);
            return over ? null : start + (ulong)_next++;
        }
    }

    private void Note(SeedResult result)
    {
        lock (_gate)
        {
            Done++;
            Operations += result.Operations;
            StorageCalls += result.StorageCalls;
            if (result.Violations.Count > 0)
            {
                Failures++;
                Failed(result);
            }

            if (Done % ProgressEvery == 0)
            {
                Progress(Done);
            }
        }
    }
}
