using System.ComponentModel;
using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Headwater.LocalHost.Emulator;

/// <summary>Checks and stops a recorded process, which may not be a child of this process.</summary>
internal static class OtherProcess
{
    private const int Terminate = 15;

    // The operating system's start time and the recorded one differ by the time it takes to write the record.
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
            // The process has exited, or belongs to another user and so is not the recorded one.
            return false;
        }
    }

    /// <summary>Sends SIGTERM. Windows has no signals, so the process is killed; the caller waits before until it has saved its state.</summary>
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

    // A process that has exited stays listed until its parent reaps it.
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
