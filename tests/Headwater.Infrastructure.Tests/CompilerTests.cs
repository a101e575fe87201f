namespace Headwater.Infrastructure.Tests;

/// <summary>What the compiler itself says.</summary>
public sealed class CompilerTests(Templates templates)
{
    [Fact]
    public void Everything_builds_without_a_word_from_the_compiler()
    {
        Assert.Equal("", templates.Build.Diagnostics);
        Assert.Equal(0, templates.Build.ExitCode);
    }

    [Fact]
    public void Every_module_lints_without_a_word_even_the_unused()
    {
        Assert.Equal("", templates.Lint.Diagnostics + templates.Lint.Output);
        Assert.Equal(0, templates.Lint.ExitCode);
    }

    [Fact]
    public void The_formatter_has_nothing_to_change()
    {
        Assert.Equal((0, ""), (templates.Format.ExitCode, templates.Format.Diagnostics));

        Rule.IsBrokenByNone(Repository.Templates("*.bicep*").Where(t => templates.Formatted(t) != Repository.Read(t)));
    }

    [Theory]
    [MemberData(nameof(Templates.Environments), MemberType = typeof(Templates))]
    public void A_parameter_file_compiles_without_a_word(string environment) =>
        Assert.Equal("", templates.Snapshots[environment].Diagnostics + templates.Snapshots[environment].Output);

    /// <summary>On a wanted change: read the difference, resource by resource, then commit what this run writes with HEADWATER_WRITE_SNAPSHOTS=1.</summary>
    [Theory]
    [MemberData(nameof(Templates.Environments), MemberType = typeof(Templates))]
    public void An_environment_is_what_its_committed_snapshot_says(string environment) =>
        Assert.Equal(Repository.Read($"infra/{environment}.snapshot.json").ReplaceLineEndings("\n"), templates.Snapshot(environment));

    [Theory]
    [MemberData(nameof(Templates.Environments), MemberType = typeof(Templates))]
    public void The_type_of_every_resource_is_known_to_the_compiler_at_its_version(string environment)
    {
        Assert.NotEmpty(templates.Resources(environment));

        // BCP081 is a warning, so it would also break the tests above; here it is named.
        Assert.DoesNotContain("BCP081", templates.Snapshots[environment].Diagnostics + templates.Build.Diagnostics + templates.Lint.Diagnostics);
    }
}
