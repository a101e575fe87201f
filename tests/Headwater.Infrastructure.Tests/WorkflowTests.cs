using System.Text.RegularExpressions;

namespace Headwater.Infrastructure.Tests;

/// <summary>What the workflows may do and which code they run.</summary>
public sealed partial class WorkflowTests
{
    public static TheoryData<string> Workflows =>
        [.. Directory.EnumerateFiles(Repository.PathOf(".github/workflows"), "*.yml").Select(f => Path.GetFileName(f)).Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Workflows))]
    public void No_workflow_uses_a_secret(string workflow) => Assert.DoesNotContain("secrets.", Text(workflow), StringComparison.Ordinal);

    /// <summary>A tag can be moved to different code; a commit cannot.</summary>
    [Theory]
    [MemberData(nameof(Workflows))]
    public void Every_action_is_named_by_its_commit(string workflow) =>
        Rule.IsBrokenByNone(Uses().Matches(Text(workflow)).Select(m => m.Groups["action"].Value).Where(a => !Commit().IsMatch(a)));

    [Theory]
    [MemberData(nameof(Workflows))]
    public void A_workflow_may_do_to_the_repository_no_more_than_read(string workflow)
    {
        string permissions = Permissions().Match(Text(workflow)).Groups["lines"].Value;

        Assert.Contains("  contents: read\n", permissions, StringComparison.Ordinal);
        Assert.Equal(workflow.StartsWith("deploy", StringComparison.Ordinal), permissions.Contains("id-token: write", StringComparison.Ordinal));
        Assert.DoesNotContain("write", permissions.Replace("id-token: write", "", StringComparison.Ordinal), StringComparison.Ordinal);
    }

    [Fact]
    public void Prod_is_deployed_by_hand_alone() =>
        Assert.Contains("\non:\n  workflow_dispatch:\n\npermissions:", Text("deploy-prod.yml"), StringComparison.Ordinal);

    [Theory]
    [MemberData(nameof(Workflows))]
    public void What_a_workflow_runs_is_there(string workflow) =>
        Rule.IsBrokenByNone(RunPath().Matches(Text(workflow)).Select(m => m.Value).Where(p => !Path.Exists(Repository.PathOf(p))));

    private static string Text(string workflow) => Repository.Read(Path.Combine(".github/workflows", workflow)).ReplaceLineEndings("\n");

    [GeneratedRegex(@"uses: (?<action>\S+)")]
    private static partial Regex Uses();

    [GeneratedRegex("^[^@]+@[0-9a-f]{40}$")]
    private static partial Regex Commit();

    [GeneratedRegex(@"\npermissions:\n(?<lines>(  .*\n)+)")]
    private static partial Regex Permissions();

    [GeneratedRegex(@"(?<=run: (bash )?|--project |publish )(\.ci|infra|tests|functions)[\w./-]*")]
    private static partial Regex RunPath();
}
