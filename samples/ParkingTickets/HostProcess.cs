using System.Diagnostics;

namespace ParkingTickets;

/// <summary>A local host in its own process.</summary>
internal sealed class HostProcess : IAsyncDisposable
{
    private const string Listens = "Headwater listens on ";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly Process _process;

    private HostProcess(Process process, Uri address)
    {
        _process = process;
        Address = address;
        _ = process.StandardOutput.BaseStream.CopyToAsync(Stream.Null); // A host blocks when the pipe of its output is full.
    }

    public Uri Address { get; }

    /// <param name="data">The folder of its data.</param>
    public static async Task<HostProcess> StartAsync(string data)
    {
        string program = Path.Combine(AppContext.BaseDirectory, "Headwater.LocalHost.dll");
        ProcessStartInfo start = new("dotnet", [program, "--urls", "http://127.0.0.1:0", "--data", data]) { RedirectStandardOutput = true };
        Process process = Process.Start(start)!;
        while (await process.StandardOutput.ReadLineAsync() is { } line)
        {
            if (line.StartsWith(Listens, StringComparison.Ordinal))
            {
                return new HostProcess(process, new Uri(line[Listens.Length..]));
            }
        }

        throw new InvalidOperationException("The local host ended before it listened.");
    }

    /// <summary>Stops the host as Ctrl+C does, so that its storage emulator ends too.</summary>
    public async ValueTask DisposeAsync()
    {
        if (OperatingSystem.IsWindows())
        {
            _process.Kill(entireProcessTree: true);
        }
        else
        {
            using Process signal = Process.Start("kill", ["-TERM", $"{_process.Id}"]);
            await signal.WaitForExitAsync();
        }

        using var late = new CancellationTokenSource(Patience);
        await _process.WaitForExitAsync(late.Token);
        _process.Dispose();
    }
}
