using System.Text.RegularExpressions;

namespace Headwater.Client.Tests;

/// <summary>Every C# snippet of the documents is a part of the files beside this one, which are compiled and run.</summary>
public sealed partial class DocumentTests
{
    private static readonly string Root = FindRoot();

    [Theory]
    [InlineData("README.md")]
    [InlineData("src/Headwater.Client/README.md")]
    [InlineData("docs/client-producing.md")]
    [InlineData("docs/client-consuming.md")]
    [InlineData("docs/client-replaying.md")]
    [InlineData("docs/client-views.md")]
    [InlineData("docs/client-verifying.md")]
    [InlineData("src/Headwater.Client.Sqlite/README.md")]
    public void Every_snippet_is_compiled(string document)
    {
        string[] snippets = [.. Snippet().Matches(Read(document)).Select(m => m.Groups["code"].Value)];
        string compiled = Lines(string.Join('\n', Directory.GetFiles(Path.Combine(Root, "tests/Headwater.Client.Tests/Documents")).Select(File.ReadAllText)));

        Assert.NotEmpty(snippets);
        Assert.All(snippets, s => Assert.Contains(Lines(s), compiled, StringComparison.Ordinal));
    }

    private static string Read(string file) => File.ReadAllText(Path.Combine(Root, file));

    /// <summary>The lines without their indentation.</summary>
    private static string Lines(string text) => string.Join('\n', text.Split('\n').Select(l => l.Trim())).Trim();

    private static string FindRoot()
    {
        DirectoryInfo folder = new(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "Serverless.sln")))
        {
            folder = folder.Parent!;
        }

        return folder.FullName;
    }

    [GeneratedRegex(@"```csharp\r?\n(?<code>.*?)```", RegexOptions.Singleline)]
    private static partial Regex Snippet();
}
