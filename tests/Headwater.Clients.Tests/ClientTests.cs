using System.Diagnostics;
using NSwag;
using NSwag.CodeGeneration.CSharp;
using Xunit;

namespace Headwater.Clients.Tests;

/// <summary>Clients that common generators make from <c>/openapi.json</c> compile and work.</summary>
public sealed class ClientTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private static readonly string[] Expected =
    [
        "appended 1 at partition 0 offset 0",
        "read offset 0 key k value {\"n\":1} header h=x time 2024-05-01T12:00:00Z appended True next 1",
        "member m holds 0 in a generation True",
        "committed 1",
        "problem 416 offset_beyond_end retryable False appended no logEndOffset 1",
        "problem 422 event_invalid index 0 pointer /time",
    ];

    [Fact]
    public async Task A_client_generated_with_NSwag_appends_reads_commits_and_reads_problems()
    {
        await using Server server = await Server.StartAsync(Cancellation);
        OpenApiDocument document = await OpenApiDocument.FromJsonAsync(await server.DocumentAsync(Cancellation), Cancellation);
        var settings = new CSharpClientGeneratorSettings
        {
            ClassName = "HeadwaterClient",
            GenerateOptionalParameters = true,
            CSharpGeneratorSettings = { Namespace = "Generated", GenerateOptionalPropertiesAsNullable = true },
        };
        string client = new CSharpClientGenerator(document, settings).GenerateFile();
        Assert.Equal(Expected, await Compilation.RunAsync("NSwag", [client], server.Address));
    }

    /// <summary>Runs only on request: the generator is a separate tool that <c>.ci/run</c> restores, and it takes many seconds.</summary>
    [Fact]
    public async Task A_client_generated_with_Kiota_appends_reads_commits_and_reads_problems()
    {
        Assert.SkipUnless(Environment.GetEnvironmentVariable("HEADWATER_CLIENTS") == "kiota", "Kiota: set HEADWATER_CLIENTS=kiota after dotnet tool restore.");
        await using Server server = await Server.StartAsync(Cancellation);
        string folder = Directory.CreateTempSubdirectory("headwater-kiota-").FullName;
        try
        {
            string document = Path.Combine(folder, "openapi.json");
            await File.WriteAllTextAsync(document, await server.DocumentAsync(Cancellation), Cancellation);
            string output = Path.Combine(folder, "client");
            await KiotaAsync(
                "generate", "-l", "CSharp", "-d", document, "-o", output, "-c", "HeadwaterClient", "-n", "Generated", "--exclude-backward-compatible");
            string[] sources = [.. Directory.EnumerateFiles(output, "*.cs", SearchOption.AllDirectories).Select(File.ReadAllText)];
            Assert.Equal(Expected, await Compilation.RunAsync("Kiota", sources, server.Address));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task KiotaAsync(params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", ["kiota", .. arguments])
        {
            WorkingDirectory = Root(),
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment = { ["KIOTA_CLI_TELEMETRY_OPTOUT"] = "true", ["KIOTA_OFFLINE_ENABLED"] = "true" },
        };
        using Process process = Process.Start(start)!;
        Task<string> errors = process.StandardError.ReadToEndAsync(Cancellation);
        string output = await process.StandardOutput.ReadToEndAsync(Cancellation);
        await process.WaitForExitAsync(Cancellation);
        Assert.True(process.ExitCode == 0, output + await errors);
    }

    // dotnet finds the tool through the manifest in the repository's root.
    private static string Root()
    {
        string? folder = AppContext.BaseDirectory;
        while (folder is not null && !Directory.Exists(Path.Combine(folder, ".config")))
        {
            folder = Path.GetDirectoryName(folder);
        }

        return folder ?? throw new InvalidOperationException("The tests are not inside the repository.");
    }
}
