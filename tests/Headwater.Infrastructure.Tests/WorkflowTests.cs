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

    /// <summary>A dispatch can name any branch, whose files would then decide what is deployed.</summary>
    [Theory]
    [InlineData("deploy-dev.yml", "deploy")]
    [InlineData("deploy-prod.yml", "what-if")]
    [InlineData("deploy-prod.yml", "deploy")]
    public void A_job_that_gets_a_token_runs_for_main_only(string workflow, string job)
    {
        string[] conditions = Job(workflow, job).Split('\n').Select(l => l.Trim()).Where(l => l.StartsWith("if: ", StringComparison.Ordinal)).ToArray();

        Assert.StartsWith("if: github.ref == 'refs/heads/main'", Assert.Single(conditions), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("deploy-dev.yml", "deploy", "dev")]
    [InlineData("deploy-prod.yml", "what-if", "prod-what-if")]
    [InlineData("deploy-prod.yml", "deploy", "prod")]
    public void A_job_that_gets_a_token_is_in_a_protected_environment(string workflow, string job, string environment) =>
        Assert.Contains($"    environment: {environment}\n", Job(workflow, job), StringComparison.Ordinal);

    /// <summary>A pull request of a fork whose branch is called main also completes the workflow checks.</summary>
    [Fact]
    public void Dev_is_deployed_after_pushes_to_this_repository_only()
    {
        string job = Job("deploy-dev.yml", "deploy");

        Assert.Contains("github.event.workflow_run.event == 'push'", job, StringComparison.Ordinal);
        Assert.Contains("github.event.workflow_run.head_repository.full_name == github.repository", job, StringComparison.Ordinal);
    }

    [Fact]
    public void Prod_is_deployed_by_hand_alone() =>
        Assert.Contains("\non:\n  workflow_dispatch:\n\npermissions:", Text("deploy-prod.yml"), StringComparison.Ordinal);

    [Theory]
    [MemberData(nameof(Workflows))]
    public void What_a_workflow_runs_is_there(string workflow) =>
        Rule.IsBrokenByNone(RunPath().Matches(Text(workflow)).Select(m => m.Value).Where(p => !Path.Exists(Repository.PathOf(p))));

    /// <summary>The lines of one job, from its name to the next line that is indented as little.</summary>
    private static string Job(string workflow, string job) =>
        Regex.Match(Text(workflow), $@"\n  {job}:\n(?<lines>(    .*\n|\n)+)", RegexOptions.None, TimeSpan.FromSeconds(5)).Groups["lines"].Value;

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
