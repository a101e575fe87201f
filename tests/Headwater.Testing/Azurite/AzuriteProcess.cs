using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.RegularExpressions;

namespace Headwater.Testing;

/// <summary>One emulator with its data in memory, on ports that the system chose. It exits when this process exits, even if this process is killed.</summary>
public sealed partial class AzuriteProcess : IDisposable
{
    // The emulator's documented account (learn.microsoft.com/azure/storage/common/storage-use-azurite); its key is not a secret.
    private const string Account = "devstoreaccount1";
    private const string Key = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==";

    // Standard input closes when the parent process ends, even by SIGKILL.
    private const string EndWithParent = "data:text/javascript,process.stdin.on('end',()=>process.exit(0)).resume()";

    private readonly Process _node;
    private readonly ConcurrentQueue<string> _output = new();
    private readonly Dictionary<string, string> _addresses = [];
    private readonly TaskCompletionSource _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private AzuriteProcess(Process node) => _node = node;

    public string ConnectionString { get; private set; } = "";

    /// <summary>The blob endpoint, with the account name in the path.</summary>
    public Uri Blobs { get; private set; } = new("about:blank");

    /// <exception cref="ToolMissingException">npm or Node.js is not installed.</exception>
    public static async Task<AzuriteProcess> StartAsync(CancellationToken cancellation)
    {
        string folder = await AzuriteInstallation.EnsureAsync(cancellation);
        ProcessStartInfo start = new("node")
        {
            WorkingDirectory = folder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            ArgumentList =
            {
                "--import", EndWithParent, Path.Combine("node_modules", "azurite", "dist", "src", "azurite.js"),
                "--inMemoryPersistence", "--silent", "--disableTelemetry",
                "--blobPort", "0", "--queuePort", "0", "--tablePort", "0",

                // With the default of 5 s, the server may close a connection while a client reuses it. The write then fails as if its answer were lost.
                "--blobKeepAliveTimeout", "600", "--queueKeepAliveTimeout", "600", "--tableKeepAliveTimeout", "600",
            },
        };
        AzuriteProcess azurite = new(ToolMissingException.Start(start, "Node.js"));
        await azurite.ListenAsync(cancellation);
        return azurite;
    }

    public void Dispose()
    {
        if (!_node.HasExited)
        {
            _node.Kill();
        }

        _node.Dispose();
    }

    private async Task ListenAsync(CancellationToken cancellation)
    {
        _node.OutputDataReceived += (_, line) => Note(line.Data);
        _node.ErrorDataReceived += (_, line) => Note(line.Data);
        _node.Exited += (_, _) => _ready.TrySetException(new InvalidOperationException("Azurite ended: " + string.Join('\n', _output)));
        _node.EnableRaisingEvents = true;
        _node.BeginOutputReadLine();
        _node.BeginErrorReadLine();
        try
        {
            await _ready.Task.WaitAsync(TimeSpan.FromSeconds(60), TimeProvider.System, cancellation);
        }
        catch (TimeoutException)
        {
            Dispose();
            throw new TimeoutException("Azurite did not listen within a minute: " + string.Join('\n', _output));
        }

        Blobs = new Uri($"{_addresses["Blob"]}/{Account}");
        ConnectionString = $"DefaultEndpointsProtocol=http;AccountName={Account};AccountKey={Key};BlobEndpoint={_addresses["Blob"]}/{Account};"
            + $"QueueEndpoint={_addresses["Queue"]}/{Account};TableEndpoint={_addresses["Table"]}/{Account};";
    }

    private void Note(string? line)
    {
        if (line is null)
        {
            return;
        }

        _output.Enqueue(line);
        lock (_addresses)
        {
            if (Listening().Match(line) is { Success: true } match)
            {
                _addresses[match.Groups[1].Value] = match.Groups[2].Value;
            }

            if (_addresses.Count == 3)
            {
                _ready.TrySetResult();
            }
        }
    }

    [GeneratedRegex(@"^Azurite (Blob|Queue|Table) service is successfully listening at (http://\S+)$")]
    private static partial Regex Listening();
}
