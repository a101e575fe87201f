using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.RegularExpressions;
using Headwater.LocalHost.Emulator;

namespace Headwater.LocalHost.Tests.Running;

/// <summary>The local host in its own process, as users run it.</summary>
internal sealed partial class HostProcess : IDisposable
{
    private readonly Process _process;
    private readonly StringBuilder _output = new();
    private readonly StringBuilder _errors = new();
    private readonly TaskCompletionSource<Uri> _address = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Far more than the host's own limits (30 s for its work and 30 s for Azurite), because the machine may be busy.</summary>
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

    /// <param name="arguments">The command-line arguments.</param>
    /// <param name="program">The program's DLL; null: the copy beside the tests.</param>
    /// <param name="path">The PATH of the host; null: the PATH of the tests.</param>
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

    /// <summary>Starts a host that must exit by itself, and waits until it has.</summary>
    public static async Task<HostProcess> RunAsync(IEnumerable<string> arguments, string? program = null, string? path = null)
    {
        HostProcess host = Start(arguments, program, path);
        await host.ExitAsync();
        return host;
    }

    /// <summary>Waits until the host accepts requests, and returns its address.</summary>
    public Task<Uri> AddressAsync() => _address.Task.WaitAsync(Patience, TestContext.Current.CancellationToken);

    /// <summary>Waits until the host has written a text to its output.</summary>
    public async Task SaysAsync(string text)
    {
        long began = Environment.TickCount64;
        while (!Output.Contains(text, StringComparison.Ordinal))
        {
            Assert.True(Environment.TickCount64 - began < Patience.TotalMilliseconds, $"The host did not write '{text}': {Output}{Errors}");
            await Task.Delay(50, TestContext.Current.CancellationToken);
        }
    }

    /// <summary>Stops the host gracefully, like Ctrl+C or a service manager.</summary>
    public async Task StopAsync()
    {
        OtherProcess.AskToStop(_process.Id);
        await ExitAsync();
    }

    /// <summary>Sends the same signal a number of times at once, as a supervisor of a process group and <c>dotnet run</c> do together.</summary>
    public async Task StopAsync(int times)
    {
        for (int i = 0; i < times; i++)
        {
            OtherProcess.AskToStop(_process.Id);
        }

        await ExitAsync();
    }

    /// <summary>Sends SIGKILL, so that the host runs no cleanup code.</summary>
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
            _address.TrySetException(new InvalidOperationException($"The host exited before it listened: {Output}{Errors}"));
            return;
        }

        lock (into)
        {
            into.Append(line).Append('\n');
        }

        // "Stop:" is the last line of the start-up output. Waiting for it makes sure that Output holds all the lines before it.
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

    // Finds dotnet through the runtime that runs the tests, because some tests start the host with a PATH that does not contain dotnet.
    private static string Dotnet() => Path.GetFullPath(
        Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", "..", OperatingSystem.IsWindows() ? "dotnet.exe" : "dotnet"));

    [GeneratedRegex(@"^Headwater listens on (http://\S+)$", RegexOptions.Multiline)]
    private static partial Regex Listening();
}
