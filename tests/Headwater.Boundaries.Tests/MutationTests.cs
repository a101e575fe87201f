using Xunit;

namespace Headwater.Boundaries.Tests;

/// <summary>The simulator's mutations replace texts that they search for. This test finds outdated ones long before the next mutation run.</summary>
public sealed class MutationTests
{
    [Fact]
    public void Every_mutation_finds_the_text_it_changes_exactly_once() =>
        Rule.IsBrokenByNone(
            Repository
                .Git("ls-files", "tests/Headwater.Simulation/Mutations/*.txt")
                .SelectMany(f => Searched(f).Where(s => Count(s) != 1).Select(s => $"{f}: {s.Path}")));

    private static int Count((string Path, string Text) searched) => Repository.Read(searched.Path).Split(searched.Text).Length - 1;

    /// <summary>The format that run.sh reads: "@@ path", then "&lt;&lt;&lt;&lt;", the searched lines, "====", the replacement, "&gt;&gt;&gt;&gt;".</summary>
    private static IEnumerable<(string Path, string Text)> Searched(string mutation)
    {
        string path = "";
        List<string>? lines = null;
        foreach (string line in Repository.Read(mutation).Split('\n'))
        {
            if (lines is null && line.StartsWith("@@ ", StringComparison.Ordinal))
            {
                path = line[3..];
            }
            else if (lines is not null && line == "====")
            {
                yield return (path, string.Concat(lines.Select(l => l + "\n")));
                lines = null;
            }
            else if (line == "<<<<")
            {
                lines = [];
            }
            else
            {
                lines?.Add(line);
            }
        }
    }
}
