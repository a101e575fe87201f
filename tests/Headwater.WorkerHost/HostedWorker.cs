using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;
using Headwater.WorkerHost.Protocol;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Headwater.WorkerHost;

/// <summary>
/// An app's worker, started as the Functions host does it from <c>worker.config.json</c>, with its functions loaded. It exits when this process exits,
/// because its stream to the host then closes.
/// </summary>
public sealed class HostedWorker : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    private readonly WebApplication _server;
    private readonly WorkerChannel _channel;
    private readonly Process _process;
    private readonly StringBuilder _output = new();
    private readonly ConcurrentDictionary<string, Task<Result>> _invocations = new();
    private readonly ConcurrentDictionary<string, Task<Result>> _last = new();

    private HostedWorker(WebApplication server, WorkerChannel channel, Process process)
    {
        _server = server;
        _channel = channel;
        _process = process;
        process.OutputDataReceived += (_, line) => Note(line.Data);
        process.ErrorDataReceived += (_, line) => Note(line.Data);
        process.Exited += (_, _) => channel.Fail(new InvalidOperationException($"The worker ended with {process.ExitCode}: {Output}"));
        process.EnableRaisingEvents = true;
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        Http = new HttpClient(new WorkerHttp(this)) { BaseAddress = new Uri("http://functions.test"), Timeout = Patience };
    }

    /// <summary>Ordered by name. The Functions host searches in this order for a function that accepts a request.</summary>
    public IReadOnlyList<WorkerFunction> Functions { get; private set; } = [];

    public IReadOnlyDictionary<string, string> Capabilities { get; private set; } = new Dictionary<string, string>();

    /// <summary>Sends each request through the function that accepts it.</summary>
    public HttpClient Http { get; }

    /// <summary>Processor time that the worker has used so far.</summary>
    public TimeSpan Cpu
    {
        get
        {
            _process.Refresh();
            return _process.TotalProcessorTime;
        }
    }

    /// <summary>The worker's output and log, for failure messages.</summary>
    public string Output
    {
        get
        {
            lock (_output)
            {
                IEnumerable<string> failed =
                    _invocations.Values.Where(i => i.IsCompletedSuccessfully && i.Result.Exception is not null).Select(i => $"Failed: {i.Result.Exception}\n");
                return _output + string.Concat(failed)
                    + string.Join('\n', _channel.Log.Select(l => $"{l.Category}: {l.Message} {l.Exception?.Message} {l.Exception?.StackTrace}"));
            }
        }
    }

    /// <param name="folder">The folder of the built or published app.</param>
    /// <param name="settings">The app settings.</param>
    /// <param name="cancellation">Cancels the start.</param>
    public static async Task<HostedWorker> StartAsync(string folder, IReadOnlyDictionary<string, string> settings, CancellationToken cancellation)
    {
        var channel = new WorkerChannel();
        WebApplication server = await ServeAsync(channel, cancellation);
        var address = new Uri(server.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single());
        var worker = new HostedWorker(server, channel, Process.Start(StartOf(folder, address, settings))!);
        try
        {
            await worker.LoadAsync(folder).WaitAsync(Patience, cancellation);
            return worker;
        }
        catch
        {
            await worker.DisposeAsync();
            throw;
        }
    }

    public WorkerFunction Function(string name) => Functions.Single(f => f.Name == name);

    /// <summary>Invokes a timer function as the schedule would.</summary>
    public Task<Result> FireAsync(string name)
    {
        WorkerFunction function = Function(name);
        return InvokeAsync(function, NewId(), new Data { Json = """{"Schedule":{"AdjustForDST":true},"ScheduleStatus":null,"IsPastDue":false}""" });
    }

    /// <summary>Invokes a queue function with a message.</summary>
    public Task<Result> DeliverAsync(string name, JsonObject message)
    {
        WorkerFunction function = Function(name);
        var binding = new ModelBindingData
        {
            Version = "1.0",
            Source = "AzureStorageQueues",
            ContentType = "application/json",
            Content = Google.Protobuf.ByteString.CopyFromUtf8(message.ToJsonString()),
        };
        return InvokeAsync(function, NewId(), new Data { ModelBindingData = binding });
    }

    /// <summary>The latest invocation of a function.</summary>
    public Task<Result> LastInvocation(string name) => _last[name];

    /// <summary>Waits until the worker has logged a text.</summary>
    public async Task HasLoggedAsync(string text, CancellationToken cancellation)
    {
        long started = TimeProvider.System.GetTimestamp();
        while (!Output.Contains(text, StringComparison.Ordinal))
        {
            if (TimeProvider.System.GetElapsedTime(started) > Patience)
            {
                throw new TimeoutException($"'{text}' was not logged: {Output}");
            }

            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, cancellation);
        }
    }

    /// <summary>Asks the worker to stop, and waits until it has finished its running invocations and exited.</summary>
    /// <returns>The exit code.</returns>
    public async Task<int> TerminateAsync(CancellationToken cancellation)
    {
        AskToTerminate();
        return await ExitAsync(cancellation);
    }

    public void AskToTerminate() => _channel.Tell(new StreamingMessage { Terminate = new Terminate() });

    public async Task<int> ExitAsync(CancellationToken cancellation)
    {
        await _process.WaitForExitAsync(cancellation).WaitAsync(Patience, cancellation);
        return _process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        if (!_process.HasExited)
        {
            _process.Kill();
            await _process.WaitForExitAsync();
        }

        _process.Dispose();
        await _server.DisposeAsync();
    }

    internal Uri HttpAddress => new(Capabilities["HttpUri"]);

    internal static string NewId() => Guid.NewGuid().ToString();

    internal Task<Result> InvokeAsync(WorkerFunction function, string id, Data? data)
    {
        var request = new InvocationRequest { InvocationId = id, FunctionId = function.Id, TraceContext = new TraceContext() };
        if (data is not null)
        {
            request.InputData.Add(new Input { Name = function.Parameter, Data = data });
        }

        return _last[function.Name] = _invocations[id] = ResultAsync(request);
    }

    internal void Cancel(string invocation) => _channel.Tell(new StreamingMessage { InvocationCancel = new InvocationCancel { InvocationId = invocation } });

    private async Task<Result> ResultAsync(InvocationRequest request) =>
        (await _channel.AskAsync(new StreamingMessage { InvocationRequest = request })).InvocationResponse.Result;

    private async Task LoadAsync(string folder)
    {
        await _channel.Connected;
        var init = new InitRequest { HostVersion = "4.1045.0", WorkerDirectory = folder, FunctionAppDirectory = folder };
        InitResponse initialised = (await _channel.AskAsync(new StreamingMessage { InitRequest = init })).InitResponse;
        Capabilities = initialised.Capabilities;
        MetadataResponse metadata =
            (await _channel.AskAsync(new StreamingMessage { MetadataRequest = new MetadataRequest { FunctionAppDirectory = folder } })).MetadataResponse;
        foreach (FunctionMetadata function in metadata.Functions)
        {
            LoadResponse loaded = (await _channel.AskAsync(
                new StreamingMessage { LoadRequest = new LoadRequest { FunctionId = function.FunctionId, Metadata = function } })).LoadResponse;
            if (loaded.Result.Status != Result.Types.Status.Success)
            {
                throw new InvalidOperationException($"{function.Name} cannot be loaded: {loaded.Result.Exception?.Message}");
            }
        }

        await HttpListensAsync();
        Functions = [.. metadata.Functions.Select(WorkerFunction.Of).OrderBy(f => f.Name, StringComparer.OrdinalIgnoreCase)];
    }

    // The worker announces its address before its server listens there. The Functions host, too, retries refused connections.
    private async Task HttpListensAsync()
    {
        while (!_process.HasExited)
        {
            try
            {
                using var client = new TcpClient();
                await client.ConnectAsync(HttpAddress.Host, HttpAddress.Port);
                return;
            }
            catch (SocketException)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System);
            }
        }
    }

    private static async Task<WebApplication> ServeAsync(WorkerChannel channel, CancellationToken cancellation)
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, endpoint => endpoint.Protocols = HttpProtocols.Http2));
        builder.Services.AddSingleton(channel);
        builder.Services.AddGrpc(grpc => grpc.MaxReceiveMessageSize = null);
        WebApplication server = builder.Build();
        server.MapGrpcService<WorkerChannel>();
        await server.StartAsync(cancellation);
        return server;
    }

    private static ProcessStartInfo StartOf(string folder, Uri host, IReadOnlyDictionary<string, string> settings)
    {
        JsonNode config = JsonNode.Parse(File.ReadAllText(Path.Combine(folder, "worker.config.json")))!["description"]!;
        string worker = NewId();
        string request = NewId();
        const string Largest = "2147483647";
        ProcessStartInfo start = new((string)config["defaultExecutablePath"]!,
        [
            Path.Combine(folder, (string)config["defaultWorkerPath"]!),
            "--functions-uri", host.ToString(), "--functions-worker-id", worker, "--functions-request-id", request,
            "--functions-grpc-max-message-length", Largest,
            "--host", host.Host, "--port", $"{host.Port}", "--workerId", worker, "--requestId", request, "--grpcMaxMessageLength", Largest,
        ])
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["FUNCTIONS_APPLICATION_DIRECTORY"] = folder;
        start.Environment["FUNCTIONS_WORKER_RUNTIME"] = (string)config["language"]!;
        foreach ((string name, string value) in settings)
        {
            start.Environment[name] = value;
        }

        return start;
    }

    private void Note(string? line)
    {
        lock (_output)
        {
            _output.AppendLine(line);
        }
    }
}
