using System.Diagnostics;
using Headwater.Testing;

namespace Headwater.Client.Tests;

/// <summary>
/// The client in a program that is compiled ahead of time. <c>HEADWATER_AHEAD_OF_TIME</c> names the program, as in <c>.ci/run</c>; without it, the test skips.
/// </summary>
public sealed class AheadOfTimeTests(RunningLog log)
{
    [Fact]
    public async Task A_program_compiled_ahead_of_time_appends_reads_replays_consumes_and_keeps_a_view()
    {
        string? program = Environment.GetEnvironmentVariable("HEADWATER_AHEAD_OF_TIME");
        Assert.SkipWhen(string.IsNullOrEmpty(program), "HEADWATER_AHEAD_OF_TIME names no program");
        ProcessStartInfo start = new(program!, [log.Address.AbsoluteUri, AzuriteFixture.UniqueName()])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using Process process = Process.Start(start)!;
        Task<string> errors = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        string printed = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);

        Assert.Equal("", await errors);
        Assert.Equal("code at run time False, read 4950, replayed 4950, consumed 4950, key k7 97", printed.Trim());
        Assert.Equal(0, process.ExitCode);
    }
}
