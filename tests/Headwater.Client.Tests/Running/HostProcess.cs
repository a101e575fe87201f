using System.Diagnostics;

namespace Headwater.Client.Tests;

/// <summary>A local host in its own process, which a test kills. It begins on a new port each time.</summary>
internal sealed class HostProcess : IDisposable
{
    private readonly Process _process;

    private HostProcess(Process process, Uri address)
    {
        _process = process;
        Address = address;
        _ = process.StandardOutput.BaseStream.CopyToAsync(Stream.Null); // A host blocks when the pipe of its log is full.
    }

    public Uri Address { get; }

    /// <param name="connectionString">The storage.</param>
    /// <param name="seed">Of the storage's faults; 0: no faults.</param>
    public static async Task<HostProcess> StartAsync(string connectionString, int seed)
    {
        string program = Path.Combine(AppContext.BaseDirectory, "Headwater.FaultyHost.dll");
        ProcessStartInfo start = new("dotnet", [program, connectionString, $"{seed}"]) { RedirectStandardInput = true, RedirectStandardOutput = true };
        Process process = Process.Start(start)!;
        string? address = await process.StandardOutput.ReadLineAsync();
        return address is not null ? new HostProcess(process, new Uri(address)) : throw new InvalidOperationException("The host ended before it listened.");
    }

    /// <summary>Sends SIGKILL, so that the process runs no cleanup code.</summary>
    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
            _process.WaitForExit();
        }

        _process.Dispose();
    }
}
