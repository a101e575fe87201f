using System.Text.Json;

[assembly: AssemblyFixture(typeof(Headwater.Infrastructure.Tests.Templates))]

namespace Headwater.Infrastructure.Tests;

/// <summary>All templates, compiled once for all tests: the compiler takes seconds to start.</summary>
public sealed class Templates : IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("headwater-templates-").FullName;
    private readonly Dictionary<string, JsonDocument> _snapshots = [];

    /// <summary>The parameter files, each an environment.</summary>
    public static TheoryData<string> Environments => ["dev", "prod"];

    internal CompilerAnswer Build { get; private set; } = null!;

    internal CompilerAnswer Lint { get; private set; } = null!;

    internal CompilerAnswer Format { get; private set; } = null!;

    internal Dictionary<string, CompilerAnswer> Snapshots { get; } = [];

    /// <summary>The template as Azure gets it, modules nested.</summary>
    public JsonElement Arm => JsonDocument.Parse(Build.Output).RootElement;

    /// <summary>What an environment would consist of, as text.</summary>
    public string Snapshot(string environment) => SnapshotText.Of(File.ReadAllText(Copy($"infra/{environment}.snapshot.json")));

    public IReadOnlyList<Resource> Resources(string environment) =>
        [.. _snapshots[environment].RootElement.GetProperty("predictedResources").EnumerateArray().Select(r => new Resource(r))];

    /// <summary>A template after the formatter has been at it.</summary>
    public string Formatted(string template) => File.ReadAllText(Copy($"formatted/{template}"));

    public async ValueTask InitializeAsync()
    {
        foreach (string template in Repository.Templates("*.bicep*").Append("bicepconfig.json"))
        {
            CopyTo(template, template);
            CopyTo(template, $"formatted/{template}");
        }

        BicepCompiler compiler = new(_folder);
        Task<CompilerAnswer> build = compiler.RunAsync("build", "infra/main.bicep", "--stdout");
        Task<CompilerAnswer> lint = compiler.RunAsync("lint", "--pattern", "{bicep,infra}/**/*.bicep");
        Task<CompilerAnswer> format = new BicepCompiler(Copy("formatted")).RunAsync("format", "--pattern", "**/*.bicep*");
        foreach (string environment in Environments.Select(e => e.Data))
        {
            Snapshots[environment] = await compiler.RunAsync(
                "snapshot", $"infra/{environment}.bicepparam", "--subscription-id", Guid.Empty.ToString(), "--location", "westeurope", "--deployment-name", "headwater");
            Assert.True(Snapshots[environment].ExitCode == 0, Snapshots[environment].Diagnostics);
            _snapshots[environment] = JsonDocument.Parse(Snapshot(environment));
            if (Environment.GetEnvironmentVariable("HEADWATER_WRITE_SNAPSHOTS") == "1")
            {
                await File.WriteAllTextAsync(Repository.PathOf($"infra/{environment}.snapshot.json"), Snapshot(environment));
            }
        }

        (Build, Lint, Format) = (await build, await lint, await format);
    }

    public ValueTask DisposeAsync()
    {
        Directory.Delete(_folder, recursive: true);
        return ValueTask.CompletedTask;
    }

    private string Copy(string path) => Path.Combine(_folder, path);

    private void CopyTo(string template, string path)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Copy(path))!);
        File.Copy(Repository.PathOf(template), Copy(path));
    }
}
