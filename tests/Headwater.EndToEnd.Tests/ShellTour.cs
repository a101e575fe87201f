using System.ComponentModel;
using System.Diagnostics;
using System.Text.RegularExpressions;
using Headwater.Core.Tests;

namespace Headwater.EndToEnd.Tests;

/// <summary>The commands of a document's tour: the first block that starts by setting <c>H</c>, the host's address.</summary>
internal static partial class ShellTour
{
    /// <summary>Runs the commands unchanged, except for the host's address.</summary>
    /// <returns>The lines that the commands printed.</returns>
    public static async Task<string[]> RunAsync(Uri host, params string[] document)
    {
        string text = await File.ReadAllTextAsync(Repository.PathOf(document), TestContext.Current.CancellationToken);
        string commands = Tour().Match(text).Groups["commands"].Value;
        Assert.NotEmpty(commands);
        return await RunAsync($"H={host.GetLeftPart(UriPartial.Authority)} {commands}");
    }

    private static async Task<string[]> RunAsync(string script)
    {
        // curl does not end its output with a line break, so the function adds one.
        ProcessStartInfo start = new("bash", ["-c", "curl() { command curl -sS \"$@\" && echo; }\n" + script])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        try
        {
            using Process bash = Process.Start(start)!;
            Task<string> errors = bash.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
            string output = await bash.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
            await bash.WaitForExitAsync(TestContext.Current.CancellationToken);
            string said = await errors;
            Assert.SkipWhen(said.Contains("curl: command not found", StringComparison.Ordinal) || bash.ExitCode == 127, "curl is not installed");
            Assert.True(bash.ExitCode == 0, said);
            return output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        }
        catch (Win32Exception)
        {
            Assert.Skip("bash is not installed");
            throw;
        }
    }

    [GeneratedRegex(@"```sh\nH=\S+ (?<commands>.*?)```", RegexOptions.Singleline)]
    private static partial Regex Tour();
}
