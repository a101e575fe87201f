using Xunit;

namespace Headwater.Boundaries.Tests;

/// <summary>Dependencies inside a project have one direction: a lower folder never uses a higher one, and no two folders use each other.</summary>
public sealed class FolderLayerTests
{
    public static TheoryData<string> Projects => [.. FolderLayers.All.Select(p => p.Project)];

    [Theory]
    [MemberData(nameof(Projects))]
    public void No_folder_uses_a_higher_one(string project)
    {
        IReadOnlyDictionary<string, int> ranks = Of(project).Ranks;

        Rule.IsBrokenByNone(FolderUses.Of(project).Where(u => ranks[u.From] < ranks[u.To]).Select(Text));
    }

    [Theory]
    [MemberData(nameof(Projects))]
    public void No_folders_use_each_other_in_a_circle(string project)
    {
        List<FolderUse> uses = [.. FolderUses.Of(project)];
        while (uses.RemoveAll(u => uses.TrueForAll(other => other.From != u.To)) > 0)
        {
            // The uses that remain form cycles.
        }

        Rule.IsBrokenByNone(uses.Select(Text));
    }

    [Theory]
    [MemberData(nameof(Projects))]
    public void Every_folder_has_its_layer(string project)
    {
        IEnumerable<string> folders =
            Repository.Files($"src/{project}", "*.cs").Select(f => f.Split('/')).Select(parts => parts.Length > 3 ? parts[2] : FolderLayers.Root).Distinct();

        Assert.Equal(folders.Order(), Of(project).Ranks.Keys.Order());
    }

    [Fact]
    public void Every_project_of_src_says_its_layers() =>
        Assert.Equal(
            Repository.Files("src", "*.csproj").Select(p => Path.GetFileNameWithoutExtension(p)!).Order(),
            FolderLayers.All.Select(p => p.Project).Order());

    private static FolderLayers Of(string project) => FolderLayers.All.Single(p => p.Project == project);

    private static string Text(FolderUse use) => $"{use.From} uses {use.To}: {use.Example}";
}
