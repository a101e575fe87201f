using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.RegularExpressions;
using Headwater.LocalHost.Emulator;

namespace Headwater.LocalHost.Tests.Running;

/// <summary>The local host as its users run it: a process of its own.</summary>
internal sealed partial class HostProcess : IDisposable
{
    private readonly Process _process;
    private readonly StringBuilder _output = new();
    private readonly StringBuilder _errors = new();
    private readonly TaskCompletionSource<Uri> _address = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Far beyond the host's own limits, half a minute each for its work and for Azurite, on a machine that does much else.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(4);

    private HostProcess(Process process)
    {
        _process = process;
        _process.OutputDataReceived += (_, line) => Note(_output, line.Data);
        _process.ErrorDataReceived += (_, line) => Note(_errors, line.Data);
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    public string Output => Text(_output);

    public string Errors => Text(_errors);

    public int ExitCode => _process.ExitCode;

    /// <param name="arguments">Of the command line.</param>
    /// <param name="program">Another copy of the program than the one beside the tests.</param>
    /// <param name="path">The PATH it sees; null: ours.</param>
    public static HostProcess Start(IEnumerable<string> arguments, string? program = null, string? path = null)
    {
        string dll = program ?? Path.Combine(AppContext.BaseDirectory, "Headwater.LocalHost.dll");
        ProcessStartInfo start = new(Dotnet(), ["exec", dll, .. arguments]) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment.Remove("HEADWATER_STORAGE");
        if (path is not null)
        {
            start.Environment["PATH"] = path;
        }

        return new HostProcess(Process.Start(start)!);
    }

    /// <summary>Starts a host that is expected to end by itself, and waits for that.</summary>
    public static async Task<HostProcess> RunAsync(IEnumerable<string> arguments, string? program = null, string? path = null)
    {
        HostProcess host = Start(arguments, program, path);
        await host.ExitAsync();
        return host;
    }

    /// <summary>Waits until it serves.</summary>
    public Task<Uri> AddressAsync() => _address.Task.WaitAsync(Patience, TestContext.Current.CancellationToken);

    /// <summary>As Ctrl+C or a service manager does.</summary>
    public async Task StopAsync()
    {
        OtherProcess.AskToStop(_process.Id);
        await ExitAsync();
    }

    /// <summary>SIGKILL: nothing of the host runs any more.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await ExitAsync();
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
        }

        _process.Dispose();
    }

    private Task ExitAsync() => _process.WaitForExitAsync(TestContext.Current.CancellationToken).WaitAsync(Patience, TestContext.Current.CancellationToken);

    private void Note(StringBuilder into, string? line)
    {
        if (line is null)
        {
            _address.TrySetException(new InvalidOperationException($"The host ended: {Output}{Errors}"));
            return;
        }

        lock (into)
        {
            into.Append(line).Append('\n');
        }

        // The last line of what it says once it listens, so that the ones between are there too.
        if (line.StartsWith("Stop:", StringComparison.Ordinal) && Listening().Match(Output) is { Success: true } match)
        {
            _address.TrySetResult(new Uri(match.Groups[1].Value));
        }
    }

    private static string Text(StringBuilder text)
    {
        lock (text)
        {
            return text.ToString();
        }
    }

    // Beside the runtime the tests run on, so that a PATH without it does not matter.
    private static string Dotnet() => Path.GetFullPath(
        Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", "..", OperatingSystem.IsWindows() ? "dotnet.exe" : "dotnet"));

    [GeneratedRegex(@"^Headwater listens on (http://\S+)$", RegexOptions.Multiline)]
    private static partial Regex Listening();
}
