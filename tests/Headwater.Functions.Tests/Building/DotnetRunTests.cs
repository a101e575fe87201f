using System.Diagnostics;
using Xunit;

namespace Headwater.Functions.Tests.Building;

/// <summary>
/// The README says <c>cd functions &amp;&amp; dotnet run</c>. The worker's SDK runs <c>func start</c> in the output folder, which it names relative
/// to the project.
/// </summary>
public sealed class DotnetRunTests : IDisposable
{
#if DEBUG
    private const string Configuration = "Debug";
#else
    private const string Configuration = "Release";
#endif

    private readonly DirectoryInfo _tools = Directory.CreateTempSubdirectory("headwater-func");

    public void Dispose() => _tools.Delete(recursive: true);

    [Fact]
    public async Task The_core_tools_are_started_where_the_app_was_built()
    {
        if (OperatingSystem.IsWindows())
        {
            Assert.Skip("the func of this test is a shell script");
            return;
        }

        string func = Path.Combine(_tools.FullName, "func");
        await File.WriteAllTextAsync(func, "#!/bin/sh\necho \"$(pwd -P) $*\"\n", TestContext.Current.CancellationToken);
        File.SetUnixFileMode(func, UnixFileMode.UserRead | UnixFileMode.UserExecute);

        string[] said = await RunAsync();

        Assert.Contains($"{Repository.PathOf("functions", "bin", Configuration, "net10.0")} start", said);
    }

    private async Task<string[]> RunAsync()
    {
        ProcessStartInfo start =
            new("dotnet", ["run", "--no-build", "-c", Configuration]) { WorkingDirectory = Repository.PathOf("functions"), RedirectStandardOutput = true };
        start.Environment["PATH"] = _tools.FullName + Path.PathSeparator + start.Environment["PATH"];
        using Process run = Process.Start(start)!;
        string output = await run.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await run.WaitForExitAsync(TestContext.Current.CancellationToken);
        return [.. output.Split('\n').Select(line => line.Trim())];
    }
}
