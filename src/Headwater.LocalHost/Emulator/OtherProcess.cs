using System.ComponentModel;
using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Headwater.LocalHost.Emulator;

/// <summary>A process that may not be our child: whether it is still the one that was noted, and how to ask it to stop.</summary>
internal static class OtherProcess
{
    private const int Terminate = 15;

    // The start of a process is known to about a clock tick, its note is written within a moment.
    private static readonly TimeSpan StartTolerance = TimeSpan.FromSeconds(5);

    public static bool IsAlive(int pid, DateTimeOffset started)
    {
        try
        {
            using Process process = Process.GetProcessById(pid);
            return !process.HasExited && !IsZombie(pid) && (process.StartTime.ToUniversalTime() - started.UtcDateTime).Duration() < StartTolerance;
        }
        catch (Exception exception) when (exception is ArgumentException or InvalidOperationException or Win32Exception or IOException)
        {
            // Gone, between two looks or long ago; or another user's, which ours never is.
            return false;
        }
    }

    /// <summary>SIGTERM where there are signals. Elsewhere a process without a window can only be ended: the caller waits first until it has saved.</summary>
    public static void AskToStop(int pid)
    {
        if (OperatingSystem.IsWindows())
        {
            using Process process = Process.GetProcessById(pid);
            process.Kill();
            return;
        }

        _ = Kill(pid, Terminate);
    }

    // Where nobody reaps it, a process that has ended stays listed.
    private static bool IsZombie(int pid)
    {
        string stat = $"/proc/{pid}/stat";
        if (!OperatingSystem.IsLinux() || !File.Exists(stat))
        {
            return false;
        }

        string text = File.ReadAllText(stat);
        int state = text.LastIndexOf(')') + 2;
        return state < text.Length && text[state] == 'Z';
    }

    [DllImport("libc", EntryPoint = "kill")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Kill(int pid, int signal);
}
