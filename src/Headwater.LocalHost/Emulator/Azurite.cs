using System.ComponentModel;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Headwater.LocalHost.Errors;
using Headwater.LocalHost.Npm;

namespace Headwater.LocalHost.Emulator;

/// <summary>
/// The storage emulator over one data folder: started, or adopted if a host that was killed left it running, and stopped with SIGTERM so that it saves what it holds
/// (it writes its catalogue every five seconds; killing it would lose that much, and the log with it).
/// </summary>
internal sealed class Azurite : IAsyncDisposable
{
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan StartPatience = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan StopPatience = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan SaveInterval = TimeSpan.FromSeconds(6);

    private readonly AzuriteFolder _folder;
    private readonly AzuriteRecord _record;
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

    /// <summary>It was running already.</summary>
    public bool Adopted { get; private init; }

    public int ProcessId => _record.Pid;

    /// <param name="folder">Its data; the caller holds it alone.</param>
    /// <param name="preferred">Used if all three are free, else any free ones.</param>
    /// <param name="package">Where Azurite is installed.</param>
    /// <param name="time">Paces waiting.</param>
    /// <param name="cancellation">Stops waiting; whatever was started is then stopped.</param>
    /// <exception cref="HostException">Node.js is missing, or Azurite does not come up.</exception>
    public static async Task<Azurite> StartAsync(AzuriteFolder folder, AzuritePorts preferred, NpmProject package, TimeProvider time, CancellationToken cancellation)
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
            // Taken since we looked: by another host, perhaps, that started at the same moment.
            return await LaunchAsync(folder, AzuritePorts.Any, package, time, cancellation);
        }
    }

    private static async Task<Azurite> LaunchAsync(AzuriteFolder folder, AzuritePorts ports, NpmProject package, TimeProvider time, CancellationToken cancellation)
    {
        await SpawnAsync(folder, ports, package, cancellation);
        AzuriteRecord record = folder.Record() ?? throw new HostException("Azurite was started but did not note its process id.");
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

    public bool IsAlive() => OtherProcess.IsAlive(_record.Pid, _record.Started);

    /// <summary>Asks it to save and end, and waits for that.</summary>
    /// <exception cref="HostException">It does not end; it is left running for the next host to adopt.</exception>
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

    // Null: it ended while we looked, so that a new one may open the data.
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
                throw new HostException($"An Azurite left over in {folder.Path} (process {record.Pid}) does not answer: stop that process, then start again.");
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
                throw new HostException($"Azurite ended while starting ({AzuriteLog.Complaint(folder.Log())}); its log is {folder.LogFile}.");
            }

            if (time.GetElapsedTime(began) > StartPatience)
            {
                throw new HostException($"Azurite did not begin to listen within {StartPatience.TotalSeconds:0} seconds; its log is {folder.LogFile}.");
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
            throw new HostException("node was not found, and Azurite, the storage emulator, runs on it: install Node.js 20 or later, or pass --storage.", exception);
        }
    }

    private static IEnumerable<string> Arguments(AzuriteFolder folder, AzuritePorts ports) =>
    [
        "--location", folder.Path, "--silent", "--disableTelemetry",
        "--blobHost", "127.0.0.1", "--blobPort", $"{ports.Blob}",
        "--queueHost", "127.0.0.1", "--queuePort", $"{ports.Queue}",
        "--tableHost", "127.0.0.1", "--tablePort", $"{ports.Table}",

        // The default of 5 s races with clients that reuse a connection: a write then ends as if its answer were lost.
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
