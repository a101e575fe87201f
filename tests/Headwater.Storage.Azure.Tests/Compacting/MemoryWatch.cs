using System.Diagnostics;

namespace Headwater.Storage.Azure.Tests.Compacting;

/// <summary>The peak growth of the process's working set since construction, sampled every 10 ms.</summary>
internal sealed class MemoryWatch : IDisposable
{
    private readonly Timer _timer;

    private readonly long _before;

    private long _peak;

    public MemoryWatch()
    {
        GC.Collect(2, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        _before = Now();
        _timer = new Timer(_ => Look(), null, 0, 10);
    }

    public long Peak
    {
        get
        {
            Look();
            return Math.Max(0, Interlocked.Read(ref _peak) - _before);
        }
    }

    public void Dispose() => _timer.Dispose();

    private void Look()
    {
        long now = Now();
        long peak = Interlocked.Read(ref _peak);
        if (now > peak)
        {
            Interlocked.Exchange(ref _peak, now);
        }
    }

    private static long Now()
    {
        using var process = Process.GetCurrentProcess();
        return process.WorkingSet64;
    }
}
