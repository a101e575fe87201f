using System.Text.Json;

[assembly: AssemblyFixture(typeof(Headwater.Infrastructure.Tests.Templates))]

namespace Headwater.Infrastructure.Tests;

/// <summary>All templates, compiled once for all tests because the compiler takes seconds to start.</summary>
public sealed class Templates : IAsyncLifetime
{
    private readonly Dictionary<string, string> _snapshots = [];
    private readonly Dictionary<string, JsonDocument> _parsed = [];
    private readonly Dictionary<string, string> _formatted = [];
    private JsonElement _build;

    /// <summary>The environments: one per parameter file.</summary>
    public static TheoryData<string> Environments => ["dev", "prod"];

    /// <summary>Findings of the compiler and its linter in the templates and the parameter files; empty if there are none.</summary>
    internal List<string> Diagnostics { get; } = [];

    /// <summary>The template as it is sent to Azure, with nested modules.</summary>
    public string ArmText => _build.GetProperty("contents").GetString() ?? "";

    /// <inheritdoc cref="ArmText"/>
    public JsonElement Arm => JsonDocument.Parse(ArmText).RootElement;

    /// <summary>The predicted resources of an environment, as text.</summary>
    public string Snapshot(string environment) => Compiled(_snapshots, environment);

    public IReadOnlyList<Resource> Resources(string environment) =>
        [.. Compiled(_parsed, environment).RootElement.GetProperty("predictedResources").EnumerateArray().Select(r => new Resource(r))];

    /// <summary>A template's text after formatting.</summary>
    public string Formatted(string template) => _formatted[template];

    public async ValueTask InitializeAsync()
    {
        using BicepCompiler compiler = new();
        _build = await compiler.AskAsync("bicep/compile", new { path = Repository.PathOf("infra/main.bicep") });
        Note(_build);
        foreach (string environment in Environments.Select(e => e.Data))
        {
            await CompileAsync(compiler, environment);
        }

        foreach (string template in Repository.Templates("*.bicep*"))
        {
            _formatted[template] = (await compiler.AskAsync("bicep/format", new { path = Repository.PathOf(template) })).GetProperty("contents").GetString()!;
        }
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private async Task CompileAsync(BicepCompiler compiler, string environment)
    {
        string path = Repository.PathOf($"infra/{environment}.bicepparam");
        JsonElement compiled = await compiler.AskAsync("bicep/compileParams", new { path, parameterOverrides = new { } });
        Note(compiled);
        if (!compiled.GetProperty("success").GetBoolean())
        {
            return; // A test that asks for this environment fails with the reason.
        }

        JsonElement answer = await compiler.AskAsync(
            "bicep/getSnapshot", new { path, metadata = new { subscriptionId = Guid.Empty, location = "westeurope", deploymentName = "headwater" } });

        _snapshots[environment] = SnapshotText.Of(answer.GetProperty("snapshot").GetString()!);
        _parsed[environment] = JsonDocument.Parse(_snapshots[environment]);
        if (Environment.GetEnvironmentVariable("HEADWATER_WRITE_SNAPSHOTS") == "1")
        {
            await File.WriteAllTextAsync(Repository.PathOf($"infra/{environment}.snapshot.json"), _snapshots[environment]);
        }
    }

    private T Compiled<T>(Dictionary<string, T> of, string environment) =>
        of.TryGetValue(environment, out T? found)
            ? found
            : throw new InvalidOperationException("The templates do not compile:\n" + string.Join('\n', Diagnostics));

    private void Note(JsonElement compilation)
    {
        foreach (JsonElement said in compilation.GetProperty("diagnostics").EnumerateArray())
        {
            JsonElement start = said.GetProperty("range").GetProperty("start");
            Diagnostics.Add(
                $"{Path.GetRelativePath(Repository.Root, said.GetProperty("source").GetString()!)}({start.GetProperty("line").GetInt32() + 1}): "
                + $"{said.GetProperty("level")} {said.GetProperty("code")}: {said.GetProperty("message")}");
        }
    }
}
