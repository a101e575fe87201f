using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Headwater.Testing;

/// <summary>A local host in a process of its own, on the given storage.</summary>
public sealed class HostProcess : IDisposable
{
    private static readonly TimeSpan Start = TimeSpan.FromSeconds(60);

    private const int LinesKept = 40;

    private readonly Process _process;
    private readonly ConcurrentQueue<string> _lines = new();

    private HostProcess(Process process, HttpClient http)
    {
        _process = process;
        Http = http;
    }

    /// <summary>Requests to the host.</summary>
    public HttpClient Http { get; }

    /// <summary>The host's address.</summary>
    public Uri Address => Http.BaseAddress!;

    /// <summary>Whether the process runs.</summary>
    public bool IsRunning => !_process.HasExited;

    /// <summary>The last lines that the host wrote.</summary>
    public IReadOnlyList<string> LastLines => [.. _lines];

    /// <summary>User and system time of the process since its start.</summary>
    public TimeSpan Cpu
    {
        get
        {
            _process.Refresh();
            return _process.TotalProcessorTime;
        }
    }

    /// <summary>
    /// The most memory in bytes that was resident since the last call, or since the start. Reads Linux's <c>/proc</c>.
    /// </summary>
    public long TakePeakMemory()
    {
        string process = $"/proc/{_process.Id}";
        string peak = File.ReadLines($"{process}/status").Single(l => l.StartsWith("VmHWM:", StringComparison.Ordinal));
        File.WriteAllText($"{process}/clear_refs", "5"); // Sets the peak to what is resident now.
        return 1024 * long.Parse(peak.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture);
    }

    /// <summary>Starts a host and waits until it answers.</summary>
    /// <param name="assembly">Path of the host's assembly.</param>
    /// <param name="storage">The connection string of its storage.</param>
    /// <param name="more">Further arguments.</param>
    public static Task<HostProcess> StartAsync(string assembly, string storage, params string[] more) =>
        StartAsync(assembly, storage, new Dictionary<string, string>(), more);

    /// <summary>Starts a host and waits until it answers.</summary>
    /// <param name="assembly">Path of the host's assembly.</param>
    /// <param name="storage">The connection string of its storage.</param>
    /// <param name="environment">Variables of its environment.</param>
    /// <param name="more">Further arguments.</param>
    public static async Task<HostProcess> StartAsync(
        string assembly, string storage, IReadOnlyDictionary<string, string> environment, params string[] more)
    {
        string address = $"http://127.0.0.1:{FreePort()}";
        var start = new ProcessStartInfo("dotnet", [assembly, "--storage", storage, "--urls", address, .. more])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach ((string name, string value) in environment)
        {
            start.Environment[name] = value;
        }

        Process process = Process.Start(start) ?? throw new InvalidOperationException("The host did not start.");
        var http = new HttpClient(new SocketsHttpHandler { MaxConnectionsPerServer = 512 })
        {
            BaseAddress = new Uri(address),
            Timeout = TimeSpan.FromMinutes(2),
        };
        var host = new HostProcess(process, http);
        process.OutputDataReceived += (_, line) => host.Keep(line.Data);
        process.ErrorDataReceived += (_, line) => host.Keep(line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        try
        {
            await host.WaitAsync();
            return host;
        }
        catch
        {
            host.Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        Http.Dispose();
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
        }

        _process.Dispose();
    }

    private async Task WaitAsync()
    {
        long begin = Stopwatch.GetTimestamp();
        while (true)
        {
            try
            {
                using HttpResponseMessage answer = await Http.GetAsync(new Uri("/health", UriKind.Relative));
                if (answer.IsSuccessStatusCode)
                {
                    return;
                }
            }
            catch (HttpRequestException) when (!_process.HasExited && Stopwatch.GetElapsedTime(begin) < Start)
            {
                await Task.Delay(100);
            }
        }
    }

    private void Keep(string? line)
    {
        if (line is null)
        {
            return;
        }

        _lines.Enqueue(line);
        if (_lines.Count > LinesKept)
        {
            _lines.TryDequeue(out _);
        }
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
