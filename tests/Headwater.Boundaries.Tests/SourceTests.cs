using System.Text.RegularExpressions;
using Xunit;

namespace Headwater.Boundaries.Tests;

/// <summary>Rules for the source text that no compiler checks.</summary>
public sealed partial class SourceTests
{
    private const int LongestFile = 400;
    private const int UsualFile = 220;
    private const int LongestLine = 160;

    public static TheoryData<string> Steppable => ["src/Headwater.Core", "src/Headwater.Log"];

    [Fact]
    public void No_file_is_longer_than_400_lines() =>
        Rule.IsBrokenByNone(
            new[] { "src", "functions", "tests", "samples" }
                .SelectMany(f => Repository.Files(f, "*.cs"))
                .Where(f => Lines(f) > LongestFile)
                .Select(f => $"{f}: {Lines(f)}"));

    [Theory]
    [InlineData("functions")]
    [InlineData("src")]
    [InlineData("tests")]
    [InlineData("samples")]
    public void No_line_is_longer_than_160_characters(string folder) =>
        Rule.IsBrokenByNone(
            from file in Repository.Files(folder, "*.cs")
            from line in File.ReadLines(Repository.PathOf(file)).Index()
            where line.Item.Length > LongestLine
            select $"{file}:{line.Index + 1}: {line.Item.Length}");

    [Fact]
    public void Nine_files_of_ten_have_at_most_220_lines()
    {
        int[] lengths = [.. Repository.Files("src", "*.cs").Select(Lines).Order()];

        Assert.InRange(lengths[lengths.Length * 9 / 10], 0, UsualFile);
    }

    [Fact]
    public void No_type_has_a_name_that_says_nothing()
    {
        IEnumerable<string> names = Repository
            .Files("src", "*.cs")
            .Concat(Repository.Files("functions", "*.cs"))
            .SelectMany(f => TypeName().Matches(Repository.Read(f)).Select(m => $"{f}: {m.Groups["name"].Value}"));

        Rule.IsBrokenByNone(names.Where(n => EmptyName().IsMatch(n[(n.IndexOf(':') + 2)..])));
    }

    [Fact]
    public void No_folder_or_file_has_a_name_that_says_nothing() =>
        Rule.IsBrokenByNone(Repository.Files("src", "*.cs").Where(f => f.Split('/').Any(part => EmptyName().IsMatch(Path.GetFileNameWithoutExtension(part)))));

    /// <summary>The simulator runs Core and Log on one thread and one clock; no code may use another thread or clock.</summary>
    [Theory]
    [MemberData(nameof(Steppable))]
    public void Nothing_leaves_the_simulators_thread(string folder) =>
        Rule.IsBrokenByNone(Repository.Files(folder, "*.cs").Where(f => LeavesThread().IsMatch(WithoutComments(Repository.Read(f)))));

    [Fact]
    public void Types_are_not_split_over_files_by_hand()
    {
        IEnumerable<string> split = Repository.Files("src", "*.cs").Where(f => PartialType().IsMatch(Repository.Read(f)));

        Rule.IsBrokenByNone(split.Where(f => !UsesGenerator().IsMatch(Repository.Read(f))));
    }

    /// <summary>A search for a number finds exactly one message.</summary>
    [Fact]
    public void No_two_log_messages_have_one_number()
    {
        IEnumerable<string> numbers = new[] { "src", "functions" }
            .SelectMany(f => Repository.Files(f, "*.cs"))
            .SelectMany(f => MessageNumber().Matches(Repository.Read(f)))
            .Select(m => m.Groups["number"].Value);

        Rule.IsBrokenByNone(numbers.GroupBy(n => n).Where(g => g.Count() > 1).Select(g => g.Key));
    }

    private static int Lines(string file) => File.ReadLines(Repository.PathOf(file)).Count();

    private static string WithoutComments(string source) => Comment().Replace(source, "");

    [GeneratedRegex(@"\b(class|struct|interface|enum|record)\s+(class\s+|struct\s+)?(?<name>[A-Z]\w*)")]
    private static partial Regex TypeName();

    [GeneratedRegex("(Manager|Helpers?|Utils?|Utilities|Common|Service|Misc)$")]
    private static partial Regex EmptyName();

    [GeneratedRegex(@"\bTask\.Run\b|\bConfigureAwait\(false\)|\bSemaphoreSlim\b|\bThread\.Start\b|\bThreadPool\.|\bTask\.Factory\.StartNew\b|\bTask\.Yield\b")]
    private static partial Regex LeavesThread();

    [GeneratedRegex(@"\bpartial\s+(class|struct|record|interface)\b")]
    private static partial Regex PartialType();

    [GeneratedRegex(@"\[(GeneratedRegex|LoggerMessage|LibraryImport|JsonSerializable)\b")]
    private static partial Regex UsesGenerator();

    [GeneratedRegex(@"\[LoggerMessage\(\s*(?<number>\d+),")]
    private static partial Regex MessageNumber();

    [GeneratedRegex("//.*")]
    private static partial Regex Comment();
}
