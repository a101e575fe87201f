using System.ComponentModel;
using System.Diagnostics;
using Headwater.LocalHost.Errors;

namespace Headwater.LocalHost.Npm;

/// <summary>A folder with a <c>package.json</c> and a lock file, whose packages are installed when they are missing or differ from the lock.</summary>
/// <param name="folder">Holds <c>package.json</c>, <c>package-lock.json</c> and <c>.npmrc</c>.</param>
/// <param name="what">What is installed, for people: "Azurite, the storage emulator".</param>
/// <param name="time">Paces the wait for another process that installs.</param>
internal sealed class NpmProject(string folder, string what, TimeProvider time)
{
    /// <summary>Beside the projects of the local host, found from the folder the program runs in.</summary>
    /// <exception cref="HostException">There is no such folder above the program.</exception>
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

        throw new HostException($"The folder src/Headwater.LocalHost/{name} is not above the program: run it from a clone of the repository.");
    }

    public string PathOf(params ReadOnlySpan<string> parts) => Path.Combine([folder, .. parts]);

    /// <summary>Does nothing if the installed packages are those of the lock. Two processes never install at once: the second waits for the first.</summary>
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
            throw new HostException($"npm was not found, and {what} is installed with it: install Node.js 20 or later, which brings npm.", exception);
        }
    }

    private static string FirstError(string said) =>
        said.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) is [var first, ..] ? first : "it did not say why.";
}
