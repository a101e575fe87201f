using System.Text;
using System.Text.RegularExpressions;
using Headwater.Log.Errors;
using Xunit;

namespace Headwater.Boundaries.Tests;

/// <summary>What the documents say must be there.</summary>
public sealed partial class DocumentationTests
{
    [Fact]
    public void Every_link_leads_to_a_file()
    {
        IEnumerable<string> broken =
            from document in Documents()
            from Match link in Link().Matches(Repository.Read(document))
            let target = link.Groups["target"].Value.Split('#')[0]
            where target.Length > 0 && !target.Contains("://", StringComparison.Ordinal)
                && !Path.Exists(Repository.PathOf(Path.GetDirectoryName(document)!, target))
            select $"{document}: {target}";

        Rule.IsBrokenByNone(broken);
    }

    [Fact]
    public void Every_command_of_the_README_names_what_exists()
    {
        string[] commands = [.. Command().Matches(Repository.Read("README.md")).Select(m => m.Groups["path"].Value)];

        Assert.Contains("src/Headwater.LocalHost", commands);
        Rule.IsBrokenByNone(commands.Where(c => !Path.Exists(Repository.PathOf(c))));
    }

    [Fact]
    public void Every_source_file_named_in_a_document_exists()
    {
        IEnumerable<string> missing =
            from document in Documents()
            from Match file in SourceFile().Matches(Repository.Read(document))
            where !Path.Exists(Repository.PathOf(file.Groups["path"].Value))
            select $"{document}: {file.Groups["path"].Value}";

        Rule.IsBrokenByNone(missing);
    }

    [Fact]
    public void Every_test_named_in_the_invariants_exists()
    {
        string tests = string.Concat(Repository.Files("tests", "*.cs").Select(f => Repository.Read(f)));
        string[] named = [.. TestName().Matches(Repository.Read("docs", "invariants.md")).Select(m => m.Groups["name"].Value)];

        Assert.NotEmpty(named);
        Rule.IsBrokenByNone(named.Where(n => !tests.Contains($" {n}(", StringComparison.Ordinal)));
    }

    [Fact]
    public void The_table_of_error_codes_is_the_enum()
    {
        StringBuilder expected = new("| Code | Status | Retry | Stored |\n| --- | --- | --- | --- |\n");
        foreach (ErrorCode code in Enum.GetValues<ErrorCode>())
        {
            string stored = code.Appended() switch { Appended.No => "no", Appended.Partial => "partial", Appended.Unknown => "unknown" };
            expected.Append($"| `{WireName(code)}` | {code.Status()} | {(code.IsRetryable() ? "yes" : "no")} | {stored} |\n");
        }

        Assert.Contains(expected.ToString(), Repository.Read("docs", "errors.md"), StringComparison.Ordinal);
    }

    private static IEnumerable<string> Documents() => Repository.Files("docs", "*.md").Append("README.md");

    private static string WireName(ErrorCode code) =>
        string.Concat(code.ToString().Select((c, i) => char.IsAsciiLetterUpper(c) ? (i == 0 ? "" : "_") + char.ToLowerInvariant(c) : c.ToString()));

    [GeneratedRegex(@"\]\((?<target>[^)\s]+)\)")]
    private static partial Regex Link();

    [GeneratedRegex(@"dotnet (?:run --project|test|build)\s+(?<path>[\w./-]+)")]
    private static partial Regex Command();

    [GeneratedRegex(@"`(?<path>(?:src|tests|docs)/[\w./-]+)`")]
    private static partial Regex SourceFile();

    [GeneratedRegex(@"`(?<name>[A-Z][a-z0-9]*(?:_[A-Za-z0-9]+){2,})`")]
    private static partial Regex TestName();
}
