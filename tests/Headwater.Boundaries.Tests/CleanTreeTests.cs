using System.Text.RegularExpressions;
using Xunit;

namespace Headwater.Boundaries.Tests;

/// <summary>Files and texts that must not be in the repository.</summary>
public sealed partial class CleanTreeTests
{
    [Fact]
    public void No_ignored_file_is_tracked() => Rule.IsBrokenByNone(Repository.Git("ls-files", "-ci", "--exclude-standard"));

    [Fact]
    public void Lock_files_name_no_download_addresses() =>
        Rule.IsBrokenByNone(Repository.Git("ls-files", "*package-lock.json").Where(f => Repository.Read(f).Contains("\"resolved\"", StringComparison.Ordinal)));

    [Fact]
    public void Every_npm_project_leaves_addresses_out_of_its_lock_file()
    {
        IEnumerable<string> folders = Repository.Git("ls-files", "*package-lock.json").Select(f => Path.GetDirectoryName(f)!);

        Rule.IsBrokenByNone(folders.Where(f => !File.Exists(Repository.PathOf(f, ".npmrc"))
            || !Repository.Read(f, ".npmrc").Contains("omit-lockfile-registry-resolved=true", StringComparison.Ordinal)));
    }

    [Fact]
    public void No_file_names_a_place_on_somebodys_machine() =>
        Rule.IsBrokenByNone(TextFiles().Where(f => MachinePath().IsMatch(Repository.Read(f))));

    private static IEnumerable<string> TextFiles() =>
        Repository.Git("ls-files").Where(f => Path.GetExtension(f) is not (".avro" or ".bin" or ".png") && File.Exists(Repository.PathOf(f)));

    // Paths in home and work folders of Linux, macOS and Windows, except in URLs.
    [GeneratedRegex(@"(?<![\w.:/}~$-])/(home|root|work|Users)/[A-Za-z0-9_.-]+|[A-Z]:\\Users\\")]
    private static partial Regex MachinePath();
}
