using System.ComponentModel;
using System.Diagnostics;
using Headwater.LocalHost.Errors;

namespace Headwater.LocalHost.Npm;

/// <summary>A folder with a <c>package.json</c> and a lock file. Its packages are installed if they are missing or differ from the lock.</summary>
/// <param name="folder">The folder of <c>package.json</c>, <c>package-lock.json</c> and <c>.npmrc</c>.</param>
/// <param name="what">The name of the package in messages, for example "Azurite, the storage emulator".</param>
/// <param name="time">The clock for waiting until another process has installed.</param>
internal sealed class NpmProject(string folder, string what, TimeProvider time)
{
    /// <summary>Finds <c>src/Headwater.LocalHost/{name}</c> in a parent of the folder of the program.</summary>
    /// <exception cref="HostException">No parent folder contains it.</exception>
    public static NpmProject Find(string name, string what, TimeProvider time)
    {
        for (DirectoryInfo? at = new(AppContext.BaseDirectory); at is not null; at = at.Parent)
        {
            string candidate = Path.Combine(at.FullName, "src", "Headwater.LocalHost", name);
            if (File.Exists(Path.Combine(candidate, "package-lock.json")))
            {
                return new NpmProject(candidate, what, time);
            }
        }

        throw new HostException($"No parent folder of the program contains src/Headwater.LocalHost/{name}: run the program from a clone of the repository.");
    }

    public string PathOf(params ReadOnlySpan<string> parts) => Path.Combine([folder, .. parts]);

    /// <summary>Installs the packages unless they match the lock. If another process is installing, waits for it.</summary>
    /// <exception cref="HostException">npm is missing or failed.</exception>
    public async Task EnsureInstalledAsync(TextWriter progress, CancellationToken cancellation)
    {
        if (IsInstalled())
        {
            return;
        }

        await using FileStream alone = await LockAsync(cancellation);
        if (IsInstalled())
        {
            return;
        }

        await progress.WriteLineAsync($"Installing {what} with npm (once; about half a minute) …");
        await RunNpmAsync(cancellation);
    }

    private bool IsInstalled() => NpmLock.IsInstalled(PathOf("package-lock.json"), PathOf("node_modules", ".package-lock.json"));

    private async Task<FileStream> LockAsync(CancellationToken cancellation)
    {
        while (true)
        {
            try
            {
                return new FileStream(PathOf(".install.lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException exception) when (exception is not (DirectoryNotFoundException or PathTooLongException))
            {
                await Task.Delay(TimeSpan.FromMilliseconds(200), time, cancellation);
            }
        }
    }

    private async Task RunNpmAsync(CancellationToken cancellation)
    {
        using Process npm = StartNpm();
        try
        {
            Task<string> errors = npm.StandardError.ReadToEndAsync(cancellation);
            _ = await npm.StandardOutput.ReadToEndAsync(cancellation);
            string said = await errors;
            await npm.WaitForExitAsync(cancellation);
            if (npm.ExitCode != 0)
            {
                throw new HostException($"npm could not install {what} (exit code {npm.ExitCode}): {FirstError(said)}");
            }
        }
        catch (OperationCanceledException)
        {
            npm.Kill(entireProcessTree: true);
            throw;
        }
    }

    private Process StartNpm()
    {
        ProcessStartInfo start = new(OperatingSystem.IsWindows() ? "npm.cmd" : "npm", ["ci", "--no-progress", "--loglevel=error"])
        {
            WorkingDirectory = folder,
            RedirectStandardError = true,
            RedirectStandardOutput = true,
        };
        try
        {
            return Process.Start(start)!;
        }
        catch (Win32Exception exception)
        {
            throw new HostException($"npm was not found, and {what} is installed with it: install Node.js 20 or later, which includes npm.", exception);
        }
    }

    private static string FirstError(string said) =>
        said.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) is [var first, ..] ? first : "it reported no error.";
}
