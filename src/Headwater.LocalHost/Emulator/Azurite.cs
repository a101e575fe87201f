using System.ComponentModel;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Headwater.LocalHost.Errors;
using Headwater.LocalHost.Npm;

namespace Headwater.LocalHost.Emulator;

/// <summary>
/// The storage emulator on one data folder. It is started, or adopted if a killed host left it running. It is stopped with SIGTERM so that it
/// saves its state: it writes its catalogue every 5 seconds, and killing it would lose up to 5 seconds of the log.
/// </summary>
internal sealed class Azurite : IAsyncDisposable
{
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan StartPatience = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan StopPatience = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan SaveInterval = TimeSpan.FromSeconds(6);

    private readonly AzuriteFolder _folder;
    private AzuriteRecord _record;
    private readonly TimeProvider _time;
    private bool _stopped;

    private Azurite(AzuriteFolder folder, AzuriteRecord record, AzuritePorts ports, TimeProvider time)
    {
        _folder = folder;
        _record = record;
        _time = time;
        Ports = ports;
    }

    public AzuritePorts Ports { get; }

    /// <summary>Whether it was already running.</summary>
    public bool Adopted { get; private init; }

    public int ProcessId => _record.Pid;

    /// <param name="folder">The data folder, which the caller has locked.</param>
    /// <param name="preferred">The ports to use if all three are free; otherwise any free ports are used.</param>
    /// <param name="package">The npm project of Azurite.</param>
    /// <param name="time">The clock of the waits.</param>
    /// <param name="cancellation">Cancels the start and stops the process if it was started.</param>
    /// <exception cref="HostException">Node.js is missing, or Azurite does not start within 60 seconds.</exception>
    public static async Task<Azurite> StartAsync(
        AzuriteFolder folder, AzuritePorts preferred, NpmProject package, TimeProvider time, CancellationToken cancellation)
    {
        if (folder.Record() is { } left && OtherProcess.IsAlive(left.Pid, left.Started))
        {
            Azurite? adopted = await AdoptAsync(folder, left, time, cancellation);
            if (adopted is not null)
            {
                return adopted;
            }
        }

        AzuritePorts ports = AreFree(preferred) ? preferred : AzuritePorts.Any;
        try
        {
            return await LaunchAsync(folder, ports, package, time, cancellation);
        }
        catch (HostException) when (ports != AzuritePorts.Any && AzuriteLog.IsPortTaken(folder.Log()))
        {
            // Another process, for example a host started at the same time, took a port after the check.
            return await LaunchAsync(folder, AzuritePorts.Any, package, time, cancellation);
        }
    }

    private static async Task<Azurite> LaunchAsync(
        AzuriteFolder folder, AzuritePorts ports, NpmProject package, TimeProvider time, CancellationToken cancellation)
    {
        await SpawnAsync(folder, ports, package, cancellation);
        AzuriteRecord record = folder.Record() ?? throw new HostException("Azurite was started but its process id was not recorded.");
        try
        {
            AzuritePorts listening = await ListeningAsync(folder, record, time, cancellation);
            return new Azurite(folder, record, listening, time);
        }
        catch (OperationCanceledException)
        {
            OtherProcess.AskToStop(record.Pid);
            throw;
        }
    }

    /// <summary>Starts it again on the same ports, after it has exited by itself.</summary>
    /// <exception cref="HostException">It does not start.</exception>
    public async Task RestartAsync(NpmProject package, CancellationToken cancellation)
    {
        try
        {
            _record = (await LaunchAsync(_folder, Ports, package, _time, cancellation))._record;
        }
        catch (HostException)
        {
            _record = _folder.Record() ?? _record; // It may run without listening; the host stops it at its end.
            throw;
        }
    }

    public bool IsAlive() => OtherProcess.IsAlive(_record.Pid, _record.Started);

    /// <summary>Asks it to save its state and exit, without waiting. Except on Windows, where that would kill it: the next host adopts it there.</summary>
    public void AskToStop()
    {
        if (!OperatingSystem.IsWindows() && IsAlive())
        {
            OtherProcess.AskToStop(_record.Pid);
        }
    }

    /// <summary>Asks it to save its state and exit, and waits up to 30 seconds.</summary>
    /// <exception cref="HostException">It does not exit; the next host can adopt it.</exception>
    public async Task StopAsync()
    {
        if (_stopped)
        {
            return;
        }

        _stopped = true;
        if (OperatingSystem.IsWindows())
        {
            await Task.Delay(SaveInterval, _time);
        }

        if (IsAlive())
        {
            OtherProcess.AskToStop(_record.Pid);
        }

        long asked = _time.GetTimestamp();
        while (IsAlive())
        {
            if (_time.GetElapsedTime(asked) > StopPatience)
            {
                throw new HostException($"Azurite (process {_record.Pid}) was asked to stop and is still running after {StopPatience.TotalSeconds:0} seconds.");
            }

            await Task.Delay(Look, _time);
        }

        _folder.Forget();
    }

    public async ValueTask DisposeAsync() => await StopAsync();

    // Null if the process exits during the check, so that a new one may open the data.
    private static async Task<Azurite?> AdoptAsync(AzuriteFolder folder, AzuriteRecord record, TimeProvider time, CancellationToken cancellation)
    {
        long began = time.GetTimestamp();
        while (OtherProcess.IsAlive(record.Pid, record.Started))
        {
            if (AzuriteLog.Ports(folder.Log()) is { } ports && await AnswersAsync(ports, cancellation))
            {
                return new Azurite(folder, record, ports, time) { Adopted = true };
            }

            if (time.GetElapsedTime(began) > StartPatience)
            {
                throw new HostException(
                    $"The Azurite that is running on {folder.Path} (process {record.Pid}) does not answer: stop that process, then start again.");
            }

            await Task.Delay(Look, time, cancellation);
        }

        return null;
    }

    private static async Task<AzuritePorts> ListeningAsync(AzuriteFolder folder, AzuriteRecord record, TimeProvider time, CancellationToken cancellation)
    {
        long began = time.GetTimestamp();
        while (true)
        {
            if (AzuriteLog.Ports(folder.Log()) is { } ports)
            {
                return ports;
            }

            if (!OtherProcess.IsAlive(record.Pid, record.Started))
            {
                throw new HostException($"Azurite exited while starting ({AzuriteLog.Complaint(folder.Log())}); its log is {folder.LogFile}.");
            }

            if (time.GetElapsedTime(began) > StartPatience)
            {
                throw new HostException($"Azurite did not listen within {StartPatience.TotalSeconds:0} seconds; its log is {folder.LogFile}.");
            }

            await Task.Delay(Look, time, cancellation);
        }
    }

    private static async Task SpawnAsync(AzuriteFolder folder, AzuritePorts ports, NpmProject package, CancellationToken cancellation)
    {
        folder.Prepare();
        ProcessStartInfo start = new("node", [package.PathOf("start.mjs"), folder.LogFile, folder.RecordFile, .. Arguments(folder, ports)])
        {
            RedirectStandardError = true,
        };
        try
        {
            using Process launcher = Process.Start(start)!;
            string errors = await launcher.StandardError.ReadToEndAsync(cancellation);
            await launcher.WaitForExitAsync(cancellation);
            if (launcher.ExitCode != 0)
            {
                throw new HostException($"Azurite could not be started: {AzuriteLog.Complaint(errors)}");
            }
        }
        catch (Win32Exception exception)
        {
            throw new HostException(
                "node was not found, but Azurite, the storage emulator, needs it: install Node.js 20 or later, or pass --storage.", exception);
        }
    }

    private static IEnumerable<string> Arguments(AzuriteFolder folder, AzuritePorts ports) =>
    [
        "--location", folder.Path, "--silent", "--disableTelemetry",
        "--blobHost", "127.0.0.1", "--blobPort", $"{ports.Blob}",
        "--queueHost", "127.0.0.1", "--queuePort", $"{ports.Queue}",
        "--tableHost", "127.0.0.1", "--tablePort", $"{ports.Table}",

        // With the default of 5 s, Azurite may close a connection that a client is reusing, and the outcome of a write is then unknown.
        "--blobKeepAliveTimeout", "600", "--queueKeepAliveTimeout", "600", "--tableKeepAliveTimeout", "600",
    ];

    private static async Task<bool> AnswersAsync(AzuritePorts ports, CancellationToken cancellation)
    {
        using HttpClient http = new() { Timeout = TimeSpan.FromSeconds(5) };
        try
        {
            using HttpResponseMessage answer = await http.GetAsync(new Uri($"http://127.0.0.1:{ports.Blob}/"), cancellation);
            return answer.Headers.Server.ToString().Contains("Azurite", StringComparison.OrdinalIgnoreCase);
        }
        catch (Exception exception) when (exception is HttpRequestException || (exception is TaskCanceledException && !cancellation.IsCancellationRequested))
        {
            return false;
        }
    }

    private static bool AreFree(AzuritePorts ports) => IsFree(ports.Blob) && IsFree(ports.Queue) && IsFree(ports.Table);

    private static bool IsFree(int port)
    {
        try
        {
            using TcpListener probe = new(IPAddress.Loopback, port);
            probe.Start();
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
