using System.Diagnostics;
using System.Reflection;

namespace Headwater.Infrastructure.Tests;

/// <param name="Diagnostics">What the compiler had to say; empty if all is well.</param>
internal sealed record CompilerAnswer(int ExitCode, string Output, string Diagnostics);

/// <summary>The Bicep compiler of the NuGet package, run on a copy of the templates so that it never writes into the repository.</summary>
internal sealed class BicepCompiler(string folder)
{
    /// <summary>The service that may send to the inbox where parameters name senders.</summary>
    public const string Sender = "11111111-1111-1111-1111-111111111111";

    /// <summary>What parameter files read, so that nothing depends on who runs a test. Null: not set.</summary>
    private static readonly Dictionary<string, string?> Inputs = new()
    {
        ["AZURE_ENV_NAME"] = null,
        ["AZURE_LOCATION"] = null,
        ["HEADWATER_ALERT_EMAILS"] = "on-call@example.com",
        ["HEADWATER_INBOX_SENDERS"] = $$"""[{"name":"orders","principalId":"{{Sender}}","principalType":"ServicePrincipal"}]""",
    };

    private static readonly string Program = typeof(BicepCompiler).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(a => a.Key == "Bicep").Value!
        + (OperatingSystem.IsWindows() ? ".exe" : "");

    public async Task<CompilerAnswer> RunAsync(params string[] arguments)
    {
        ProcessStartInfo start = new(Program, arguments) { WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach ((string name, string? value) in Inputs)
        {
            start.Environment[name] = value;
        }

        // The compiler needs no network; with its proxy at a closed port it could not use one.
        start.Environment["HTTPS_PROXY"] = start.Environment["HTTP_PROXY"] = "http://127.0.0.1:9";
        using Process process = Process.Start(start)!;
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        Task<string> diagnostics = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        return new CompilerAnswer(process.ExitCode, await output, await diagnostics);
    }
}
