using System.Diagnostics;

namespace Headwater.Core.Tests.Foreign;

/// <summary>Runs a foreign program and returns its output.</summary>
internal static class ForeignTool
{
    public static string Folder { get; } = Repository.PathOf("tests", "foreign");

    /// <summary>Skips the test unless the npm packages of tests/foreign are installed.</summary>
    public static void RequireNpm(string package)
    {
        if (!Directory.Exists(Path.Combine(Folder, "node_modules", package)))
        {
            Assert.Skip($"{package} is not installed: run npm ci in tests/foreign");
        }
    }

    /// <summary>The first path that exists; skips the test if none does.</summary>
    public static string RequireFile(string tool, string package, params string[] paths)
    {
        string? found = paths.FirstOrDefault(File.Exists);
        if (found is null)
        {
            Assert.Skip($"{tool} is not installed: apt-get install {package}");
        }

        return found;
    }

    public static async Task<string[]> RunAsync(string program, IEnumerable<string> arguments, string input = "")
    {
        CancellationToken cancellation = TestContext.Current.CancellationToken;
        var start = new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = Folder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using Process process = Process.Start(start) ?? throw new InvalidOperationException($"{program} did not start.");
        Task<string> output = process.StandardOutput.ReadToEndAsync(cancellation);
        Task<string> error = process.StandardError.ReadToEndAsync(cancellation);
        await process.StandardInput.WriteAsync(input.AsMemory(), cancellation);
        process.StandardInput.Close();
        await process.WaitForExitAsync(cancellation);
        Assert.True(process.ExitCode == 0, $"{program} ended with {process.ExitCode}: {await error}");
        return (await output).Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }
}
