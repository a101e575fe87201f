using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;

namespace Headwater.Faults.Tests;

/// <summary>A local host with injected storage faults, in its own process.</summary>
internal sealed class HostProcess : IDisposable
{
    private const int MostLines = 40;

    private readonly Process _process;

    private readonly ConcurrentQueue<string> _log = new();

    private readonly Task _reading;

    private HostProcess(Process process, Uri address)
    {
        _process = process;
        Address = address;
        _reading = KeepLogAsync(process.StandardOutput);
    }

    public Uri Address { get; }

    /// <summary>The last <see cref="MostLines"/> lines of the host's log.</summary>
    public string LastWords => string.Join(Environment.NewLine, _log);

    public static async Task<HostProcess> StartAsync(string connectionString, int seed)
    {
        string program = Path.Combine(AppContext.BaseDirectory, "Headwater.FaultyHost.dll");
        ProcessStartInfo start = new("dotnet", [program, connectionString, seed.ToString(CultureInfo.InvariantCulture)])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        Process process = Process.Start(start)!;
        string? address = await process.StandardOutput.ReadLineAsync();
        return address is not null ? new HostProcess(process, new Uri(address)) : throw new InvalidOperationException("The host ended before it listened.");
    }

    /// <summary>Sends SIGKILL, so that the process runs no cleanup code.</summary>
    public void Kill()
    {
        _process.Kill();
        _process.WaitForExit();
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            Kill();
        }

        _reading.Wait();
        _process.Dispose();
    }

    // A host blocks when the pipe of its log is full, so the log is read all the time.
    private async Task KeepLogAsync(StreamReader output)
    {
        while (await output.ReadLineAsync() is { } line)
        {
            _log.Enqueue(line);
            if (_log.Count > MostLines)
            {
                _log.TryDequeue(out _);
            }
        }
    }
}
