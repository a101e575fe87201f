using System.Text.RegularExpressions;
using Headwater.Contracts.Errors;
using Xunit;

namespace Headwater.Boundaries.Tests;

/// <summary>Links, files, commands and tests named in the documents exist, and every error code is documented.</summary>
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
    public void Every_error_code_is_documented_beside_its_status()
    {
        string[] rows = [.. File.ReadLines(Repository.PathOf("docs", "http-api.md")).Where(l => l.StartsWith("| ", StringComparison.Ordinal))];

        Rule.IsBrokenByNone(Enum.GetValues<ErrorCode>()
            .Where(code =>
                !rows.Any(r =>
                    r.Split('|')[1].Contains($"{code.Status()}", StringComparison.Ordinal) && r.Contains($"`{WireName(code)}`", StringComparison.Ordinal)))
            .Select(code => $"{WireName(code)} ({code.Status()})"));
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
