using System.Diagnostics;
using Xunit;

namespace Headwater.Boundaries.Tests;

/// <summary>The source tree that the tests were built from.</summary>
internal static class Repository
{
    public static string Root { get; } = Find();

    public static string PathOf(params string[] parts) => Path.Combine([Root, .. parts]);

    public static string Read(params string[] parts) => File.ReadAllText(PathOf(parts));

    /// <summary>Handwritten files under a folder, as paths relative to the root.</summary>
    public static IEnumerable<string> Files(string folder, string pattern) =>
        Directory.EnumerateFiles(PathOf(folder), pattern, SearchOption.AllDirectories)
            .Select(f => Path.GetRelativePath(Root, f).Replace('\\', '/'))
            .Where(f => !f.Split('/').Any(part => part is "bin" or "obj" or "node_modules"));

    /// <summary>The lines that git prints. Skips the test if git is missing or the tree is not a clone.</summary>
    public static IReadOnlyList<string> Git(params string[] arguments)
    {
        if (!Path.Exists(PathOf(".git")))
        {
            Assert.Skip("not a git clone");
        }

        ProcessStartInfo start = new("git", arguments) { WorkingDirectory = Root, RedirectStandardOutput = true };
        try
        {
            using Process git = Process.Start(start)!;
            string output = git.StandardOutput.ReadToEnd();
            git.WaitForExit();
            Assert.Equal(0, git.ExitCode);
            return output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        }
        catch (System.ComponentModel.Win32Exception)
        {
            Assert.Skip("git is not installed");
            throw;
        }
    }

    private static string Find()
    {
        for (DirectoryInfo? at = new(AppContext.BaseDirectory); at is not null; at = at.Parent)
        {
            if (File.Exists(Path.Combine(at.FullName, "Serverless.sln")))
            {
                return at.FullName;
            }
        }

        throw new DirectoryNotFoundException("Serverless.sln stands in no folder above " + AppContext.BaseDirectory);
    }
}
