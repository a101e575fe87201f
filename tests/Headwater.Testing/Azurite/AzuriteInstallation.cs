using System.ComponentModel;
using System.Diagnostics;
using System.Text.Json;

namespace Headwater.Testing;

/// <summary>The npm project that pins the emulator, installed by the first process that needs it.</summary>
internal static class AzuriteInstallation
{
    /// <summary>Installs the emulator if necessary and returns its folder.</summary>
    /// <exception cref="ToolMissingException">npm is not installed.</exception>
    public static async Task<string> EnsureAsync(CancellationToken cancellation)
    {
        string folder = Path.Combine(RepositoryRoot(), "src", "Headwater.LocalHost", "azurite");
        if (!IsComplete(folder))
        {
            await using FileStream alone = await LockAsync(Path.Combine(folder, ".install.lock"), cancellation);
            if (!IsComplete(folder))
            {
                await InstallAsync(folder, cancellation);
            }
        }

        return folder;
    }

    /// <summary>The folder that contains Serverless.sln, found above the folder of the test binaries.</summary>
    public static string RepositoryRoot()
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Serverless.sln")))
            {
                return folder.FullName;
            }
        }

        throw new DirectoryNotFoundException("Serverless.sln was not found in any folder above " + AppContext.BaseDirectory);
    }

    // npm writes its hidden lock file last. If an installation is incomplete or outdated, that file is missing or differs from package-lock.json.
    private static bool IsComplete(string folder)
    {
        string note = Path.Combine(folder, "node_modules", ".package-lock.json");
        if (!File.Exists(note))
        {
            return false;
        }

        try
        {
            using JsonDocument wanted = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(folder, "package-lock.json")));
            using JsonDocument installed = JsonDocument.Parse(File.ReadAllBytes(note));
            JsonElement there = installed.RootElement.GetProperty("packages");
            return wanted.RootElement.GetProperty("packages").EnumerateObject()
                .Where(package => package.Name.Length > 0 && !IsOptional(package.Value))
                .All(package => there.TryGetProperty(package.Name, out JsonElement found) && VersionOf(found) == VersionOf(package.Value));
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private static string? VersionOf(JsonElement package) => package.TryGetProperty("version", out JsonElement version) ? version.GetString() : null;

    private static bool IsOptional(JsonElement package) => package.TryGetProperty("optional", out _) || package.TryGetProperty("devOptional", out _);

    private static async Task<FileStream> LockAsync(string path, CancellationToken cancellation)
    {
        while (true)
        {
            try
            {
                return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException) when (!cancellation.IsCancellationRequested)
            {
                // Another process is installing. File locks cannot be awaited, so the loop polls.
                await Task.Delay(TimeSpan.FromMilliseconds(200), TimeProvider.System, cancellation);
            }
        }
    }

    private static async Task InstallAsync(string folder, CancellationToken cancellation)
    {
        ProcessStartInfo start = new(OperatingSystem.IsWindows() ? "npm.cmd" : "npm", ["ci", "--no-audit", "--no-fund"])
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using Process npm = ToolMissingException.Start(start, "npm");
        Task<string> output = npm.StandardOutput.ReadToEndAsync(cancellation);
        Task<string> errors = npm.StandardError.ReadToEndAsync(cancellation);
        await npm.WaitForExitAsync(cancellation);
        if (npm.ExitCode != 0)
        {
            throw new InvalidOperationException($"npm ci failed with {npm.ExitCode} in {folder}: {await errors}{await output}");
        }
    }
}

/// <summary>A program that the tests need is not installed on this machine.</summary>
public sealed class ToolMissingException(string tool, Exception? inner) : Exception($"{tool} is not installed", inner)
{
    internal static Process Start(ProcessStartInfo start, string tool)
    {
        try
        {
            return Process.Start(start) ?? throw new ToolMissingException(tool, null);
        }
        catch (Win32Exception missing)
        {
            throw new ToolMissingException(tool, missing);
        }
    }
}
