using Xunit;

namespace Headwater.Boundaries.Tests;

/// <summary>The simulator's mutations are searched texts: a change of the source puts one out of date long before the run that would say so.</summary>
public sealed class MutationTests
{
    [Fact]
    public void Every_mutation_finds_the_text_it_changes_exactly_once() =>
        Rule.IsBrokenByNone(
            Repository
                .Git("ls-files", "tests/Headwater.Simulation/Mutations/*.txt")
                .SelectMany(f => Searched(f).Where(s => Count(s) != 1).Select(s => $"{f}: {s.Path}")));

    private static int Count((string Path, string Text) searched) => Repository.Read(searched.Path).Split(searched.Text).Length - 1;

    /// <summary>As run.sh reads them: "@@ path", then "&lt;&lt;&lt;&lt;", the searched lines, "====", the lines in their place, "&gt;&gt;&gt;&gt;".</summary>
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
