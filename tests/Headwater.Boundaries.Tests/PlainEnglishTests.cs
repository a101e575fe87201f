using System.Text.RegularExpressions;
using Xunit;

namespace Headwater.Boundaries.Tests;

/// <summary>Documents, comments and messages have no phrases that make a native speaker read a sentence twice.</summary>
public sealed partial class PlainEnglishTests
{
    /// <summary>Data files, lock files and this list.</summary>
    private static readonly string[] Exempt = ["package-lock.json", ".snapshot.json", "PlainEnglishTests.cs", ".avro", ".bin", ".png", ".sln"];

    public static TheoryData<string> Phrases =>
    [
        "how fast, how dear",
        "one trigger a class, no rules",
        "tells timers' last runs",
        "as it likes",
        "what is over is let go",
        "is waiting to be stored already",
        "of the log each",
        "of a run that lets nothing go",
        "no offset goes up",
        "when it was told the generation it sends",
        "that it still stands",
        "to be aside",
        "nothing that makes names fewer",
        "somebody else speaks",
        "whoever",
        "is to be had",
        "let go",
        "lets go",
        "anew",
        "so many",
        "nobody",
        "somebody",
    ];

    [Theory]
    [MemberData(nameof(Phrases))]
    public void No_text_says(string phrase)
    {
        Regex searched = new($@"(?<![\w`/-]){Regex.Escape(phrase)}(?![\w`])", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant);

        Rule.IsBrokenByNone(
            from file in Texts()
            from line in File.ReadLines(Repository.PathOf(file)).Index()
            where searched.IsMatch(WithoutNames(line.Item))
            select $"{file}:{line.Index + 1}: {line.Item.Trim()}");
    }

    private static IEnumerable<string> Texts() =>
        Repository.Git("ls-files").Where(f => !Exempt.Any(f.EndsWith) && File.Exists(Repository.PathOf(f)));

    /// <summary>Removes quoted names of tests and files, which documents repeat unchanged.</summary>
    private static string WithoutNames(string line) => Quoted().Replace(line, "");

    [GeneratedRegex(@"`[\w./*-]+`")]
    private static partial Regex Quoted();
}
