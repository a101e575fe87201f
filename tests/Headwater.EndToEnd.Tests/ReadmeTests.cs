using System.ComponentModel;
using System.Diagnostics;
using System.Text.RegularExpressions;
using Headwater.Core.Tests;

namespace Headwater.EndToEnd.Tests;

/// <summary>Runs the README's tour unchanged against a running host.</summary>
public sealed partial class ReadmeTests(RunningLog log)
{
    [Fact]
    public async Task The_tour_with_curl_answers_as_the_README_says()
    {
        string tour = Tour().Match(await File.ReadAllTextAsync(Repository.PathOf("README.md"), TestContext.Current.CancellationToken)).Groups["commands"].Value;
        Assert.NotEmpty(tour);

        string[] answers = await RunAsync($"H={log.Server.Address.GetLeftPart(UriPartial.Authority)} {tour}");

        Assert.Equal(5, answers.Length);
        Assert.Contains("\"name\":\"flights\"", answers[0], StringComparison.Ordinal);
        Assert.Equal("""{"count":2,"partitions":[{"partition":0,"baseOffset":0,"count":2}]}""", answers[1]);
        Assert.Contains("\"value\":{\"origin\":\"OAK\",\"delay\":12}", answers[2], StringComparison.Ordinal);
        Assert.Contains("\"index\":0,\"pointer\":\"/value/delay\"", answers[3], StringComparison.Ordinal);
        Assert.Contains("\"url\":\"http", answers[4], StringComparison.Ordinal);
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

    // The block that starts by setting H, the host's address. The test replaces that line with its own address.
    [GeneratedRegex(@"```sh\nH=\S+ (?<commands>.*?)```", RegexOptions.Singleline)]
    private static partial Regex Tour();
}
