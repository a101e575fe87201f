using System.Diagnostics;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Xunit;

namespace Headwater.Clients.Tests;

/// <summary>The programs of docs/any-language.md, run as they are in the document.</summary>
public sealed partial class AnyLanguageTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("python3", "append.py")]
    [InlineData("node", "append.mjs")]
    public async Task An_append_whose_answer_was_lost_is_repeated_and_stored_once(string interpreter, string program)
    {
        await using Server server = await Server.StartAsync(Cancellation);
        await using var proxy = await LosingProxy.StartAsync(server.Address, lost: 2, Cancellation);
        await CreateAsync(server);
        using var folder = new ProgramFolder(interpreter, program);

        using Process run = folder.Start($"{proxy.Address}streams/flights", """[{"key":"ABQ","value":{"delay":14}},{"key":"SEA","value":null}]""");
        string output = await run.StandardOutput.ReadToEndAsync(Cancellation);
        await run.WaitForExitAsync(Cancellation);

        Assert.True(run.ExitCode == 0, await run.StandardError.ReadToEndAsync(Cancellation));
        Assert.NotNull(JsonNode.Parse(output));
        Assert.Equal(3, proxy.Requests);
        Assert.Equal(2, (await EventsAsync(server)).Count);
    }

    [Theory]
    [InlineData("python3", "append.py")]
    [InlineData("node", "append.mjs")]
    public async Task An_append_that_is_refused_fails_with_the_problem(string interpreter, string program)
    {
        await using Server server = await Server.StartAsync(Cancellation);
        using var folder = new ProgramFolder(interpreter, program);

        using Process run = folder.Start($"{server.Address}streams/missing", """[{"value":1}]""");
        string error = await run.StandardError.ReadToEndAsync(Cancellation);
        await run.WaitForExitAsync(Cancellation);

        Assert.NotEqual(0, run.ExitCode);
        Assert.Contains("stream_not_found", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("python3", "read.py")]
    [InlineData("node", "read.mjs")]
    public async Task A_reader_that_is_killed_goes_on_where_it_was(string interpreter, string program)
    {
        await using Server server = await Server.StartAsync(Cancellation);
        await CreateAsync(server);
        using var folder = new ProgramFolder(interpreter, program);
        List<string> read = [];
        for (int life = 0; life < 3; life++)
        {
            await AppendAsync(server, life * 10);
            using Process run = folder.Start($"{server.Address}streams/flights", folder.File("cursor.txt"));
            while (!read.Exists(l => l.EndsWith($" {(life * 10) + 9}", StringComparison.Ordinal)))
            {
                string? line = await run.StandardOutput.ReadLineAsync(Cancellation);
                read.Add(line ?? throw new InvalidOperationException(await run.StandardError.ReadToEndAsync(Cancellation)));
            }

            while (life == 0 && !File.Exists(folder.File("cursor.txt")))
            {
                await Task.Delay(20, Cancellation);
            }

            run.Kill();
            await run.WaitForExitAsync(Cancellation);
        }

        // The first life ended with its cursor stored, so its page is not read again. The second may have ended before that.
        int[] values = [.. read.Select(l => int.Parse(l.Split(' ')[^1], System.Globalization.CultureInfo.InvariantCulture))];
        Assert.Equal(Enumerable.Range(0, 30), values.Distinct());
        Assert.InRange(values.Length, 30, 40);
    }

    private static async Task CreateAsync(Server server)
    {
        using var http = new HttpClient { BaseAddress = server.Address };
        using var settings = new StringContent("{}", System.Text.Encoding.UTF8, "application/json");
        using HttpResponseMessage created = await http.PutAsync(new Uri("/streams/flights", UriKind.Relative), settings, Cancellation);
        created.EnsureSuccessStatusCode();
    }

    private static async Task AppendAsync(Server server, int first)
    {
        using var http = new HttpClient { BaseAddress = server.Address };
        string events = string.Join(',', Enumerable.Range(first, 10).Select(i => $$"""{"key":"k","value":{{i}}}"""));
        using var body = new StringContent($"[{events}]", System.Text.Encoding.UTF8, "application/json");
        using HttpResponseMessage appended = await http.PostAsync(new Uri("/streams/flights/events", UriKind.Relative), body, Cancellation);
        appended.EnsureSuccessStatusCode();
    }

    private static async Task<JsonArray> EventsAsync(Server server)
    {
        using var http = new HttpClient { BaseAddress = server.Address };
        await using Stream page = await http.GetStreamAsync(new Uri("/streams/flights/events", UriKind.Relative), Cancellation);
        return JsonNode.Parse(page)!["events"]!.AsArray();
    }

    [GeneratedRegex(@"```(?:python|js)\r?\n(?:#|//) (?<name>\S+)\r?\n(?<code>.*?)```", RegexOptions.Singleline)]
    private static partial Regex Programs();

    /// <summary>A folder with one program of the document, and what it writes.</summary>
    private sealed class ProgramFolder : IDisposable
    {
        private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("headwater-language-");

        private readonly string _interpreter;

        private readonly string _program;

        public ProgramFolder(string interpreter, string program)
        {
            (_interpreter, _program) = (interpreter, program);
            Assert.SkipUnless(IsInstalled(interpreter), $"{interpreter} is not installed.");
            string document = System.IO.File.ReadAllText(Path.Combine(Root(), "docs", "any-language.md"));
            Match found = Programs().Matches(document).Single(m => m.Groups["name"].Value == program);
            System.IO.File.WriteAllText(File(program), found.Groups["code"].Value);
        }

        public string File(string name) => Path.Combine(_folder.FullName, name);

        public Process Start(params string[] arguments) => Process.Start(
            new ProcessStartInfo(_interpreter, [File(_program), .. arguments])
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
                Environment = { ["no_proxy"] = "*" },
            })!;

        public void Dispose() => _folder.Delete(recursive: true);

        private static bool IsInstalled(string interpreter) => (Environment.GetEnvironmentVariable("PATH") ?? "")
            .Split(Path.PathSeparator).Any(f => f.Length > 0 && System.IO.File.Exists(Path.Combine(f, interpreter)));

        private static string Root()
        {
            DirectoryInfo folder = new(AppContext.BaseDirectory);
            while (!System.IO.File.Exists(Path.Combine(folder.FullName, "Serverless.sln")))
            {
                folder = folder.Parent!;
            }

            return folder.FullName;
        }
    }
}
