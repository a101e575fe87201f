using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Headwater.Benchmarks.Road;

/// <summary>A local host in a process of its own, on the given storage.</summary>
internal sealed class HostProcess : IDisposable
{
    private static readonly TimeSpan Start = TimeSpan.FromSeconds(60);

    private readonly Process _process;

    private HostProcess(Process process, HttpClient http)
    {
        _process = process;
        Http = http;
    }

    /// <summary>Requests to the host.</summary>
    public HttpClient Http { get; }

    /// <summary>User and system time of the process since its start.</summary>
    public TimeSpan Cpu
    {
        get
        {
            _process.Refresh();
            return _process.TotalProcessorTime;
        }
    }

    /// <summary>Starts a host and waits until it answers.</summary>
    /// <param name="assembly">Path of the host's assembly.</param>
    /// <param name="storage">The connection string of its storage.</param>
    public static async Task<HostProcess> StartAsync(string assembly, string storage)
    {
        string address = $"http://127.0.0.1:{FreePort()}";
        var start = new ProcessStartInfo("dotnet", [assembly, "--storage", storage, "--urls", address]) { RedirectStandardOutput = true };
        Process process = Process.Start(start) ?? throw new InvalidOperationException("The host did not start.");
        process.OutputDataReceived += (_, _) => { };
        process.BeginOutputReadLine();
        var http = new HttpClient(new SocketsHttpHandler { MaxConnectionsPerServer = 512 }) { BaseAddress = new Uri(address), Timeout = TimeSpan.FromMinutes(2) };
        var host = new HostProcess(process, http);
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

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
