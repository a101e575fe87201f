namespace Headwater.Infrastructure.Tests;

/// <summary>Findings of the Bicep compiler, its linter and its formatter.</summary>
public sealed class CompilerTests(Templates templates)
{
    /// <summary>The compiler reads only modules that are deployed. <see cref="TemplateTests.Every_module_is_used"/> finds the others.</summary>
    [Fact]
    public void Everything_builds_and_lints_without_a_word() => Rule.IsBrokenByNone(templates.Diagnostics);

    [Fact]
    public void The_formatter_has_nothing_to_change() =>
        Rule.IsBrokenByNone(Repository.Templates("*.bicep*").Where(t => templates.Formatted(t) != Repository.Read(t).ReplaceLineEndings("\n")));

    /// <summary>
    /// After an intended change, run this test with HEADWATER_WRITE_SNAPSHOTS=1, review the difference resource by resource, and commit the snapshots
    /// that it writes.
    /// </summary>
    [Theory]
    [MemberData(nameof(Templates.Environments), MemberType = typeof(Templates))]
    public void An_environment_is_what_its_committed_snapshot_says(string environment) =>
        Assert.Equal(Repository.Read($"infra/{environment}.snapshot.json").ReplaceLineEndings("\n"), templates.Snapshot(environment));

    /// <summary>If the compiler does not know a type at the given version, it warns and checks none of the resource's properties.</summary>
    [Fact]
    public void The_type_of_every_resource_is_known_to_the_compiler_at_its_version() =>
        Rule.IsBrokenByNone(templates.Diagnostics.Where(d => d.Contains("BCP081", StringComparison.Ordinal)));

    /// <summary>The linter exits with 0 on warnings. As errors, its findings also stop a manual build.</summary>
    [Fact]
    public void Every_rule_of_the_linter_is_an_error_but_the_one_about_recent_versions()
    {
        string[] rules = [.. Repository.Read("bicepconfig.json").Split('\n').Where(l => l.Contains("\"level\":", StringComparison.Ordinal))];

        Assert.True(rules.Length > 30);
        Assert.Equal(["use-recent-api-versions"], rules.Where(r => !r.Contains("\"error\"", StringComparison.Ordinal)).Select(r => r.Split('"')[1]));
    }
}
