using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using Headwater.Core.Tests;

namespace Headwater.EndToEnd.Tests.Groups;

/// <summary>A consumer in its own process, which the test can kill and freeze.</summary>
internal sealed class ConsumerProcess : IDisposable
{
    private readonly Process _process;

    private readonly ConcurrentQueue<string> _lines = new();

    private ConsumerProcess(ProcessStartInfo start)
    {
        start.RedirectStandardInput = true;
        start.RedirectStandardOutput = true;
        _process = Process.Start(start) ?? throw new InvalidOperationException("The consumer did not start.");
        _process.OutputDataReceived += (_, line) =>
        {
            if (line.Data is { } text)
            {
                _lines.Enqueue(text);
            }
        };
        _process.BeginOutputReadLine();
    }

    /// <summary>The lines that the consumer has printed so far.</summary>
    public IReadOnlyList<string> Lines => [.. _lines];

    public static ConsumerProcess Dotnet(params string[] arguments) =>
        new(new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "Headwater.GroupConsumer.dll"), .. arguments]));

    public static ConsumerProcess Node(params string[] arguments) =>
        new(new ProcessStartInfo("node", [Repository.PathOf("tests", "foreign", "consume-group.mjs"), .. arguments]));

    /// <summary>Sends SIGKILL.</summary>
    public void Kill() => _process.Kill();

    /// <summary>Kills the consumer and waits until all its output is read.</summary>
    public async Task EndAsync(CancellationToken cancellation)
    {
        _process.Kill();
        await _process.WaitForExitAsync(cancellation);
    }

    public Task FreezeAsync() => SignalAsync("-STOP");

    public Task WakeAsync() => SignalAsync("-CONT");

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
        }

        _process.WaitForExit();
        _process.Dispose();
    }

    private async Task SignalAsync(string signal)
    {
        using Process kill = Process.Start("kill", [signal, _process.Id.ToString(CultureInfo.InvariantCulture)]);
        await kill.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(0, kill.ExitCode);
    }
}
