namespace Headwater.Faults.Tests;

/// <summary>Several hosts over one storage account. At any time one of them is being killed or restarted.</summary>
internal sealed class HostFleet(string connectionString, int size, int seed) : IDisposable
{
    private readonly Random _random = new(seed);

    private readonly HostProcess[] _hosts = new HostProcess[size];

    public int Kills { get; private set; }

    public async Task StartAsync()
    {
        for (int i = 0; i < size; i++)
        {
            _hosts[i] = await HostProcess.StartAsync(connectionString, seed + i);
        }
    }

    /// <summary>The address of a random host, which may just have been killed.</summary>
    public Uri Any()
    {
        lock (_random)
        {
            return _hosts[_random.Next(size)].Address;
        }
    }

    /// <summary>The last lines of every host's log, for the failure message.</summary>
    public string LastWords()
    {
        lock (_random)
        {
            return string.Join(Environment.NewLine, _hosts.Select(h => $"{h.Address}{Environment.NewLine}{h.LastWords}"));
        }
    }

    public async Task KillNowAndThenAsync(CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            await Task.Delay(TimeSpan.FromSeconds(1.5), stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            int victim = _random.Next(size);
            _hosts[victim].Kill();
            Kills++;
            HostProcess successor = await HostProcess.StartAsync(connectionString, seed + size + Kills);
            lock (_random)
            {
                _hosts[victim] = successor;
            }
        }
    }

    public void Dispose()
    {
        foreach (HostProcess host in _hosts)
        {
            host?.Dispose();
        }
    }
}
