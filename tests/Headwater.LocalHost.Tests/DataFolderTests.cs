using Headwater.LocalHost.Errors;
using Headwater.LocalHost.Serving;
using Headwater.LocalHost.Tests.Running;

namespace Headwater.LocalHost.Tests;

/// <summary>A data folder that cannot be used is refused in one sentence that says why.</summary>
public sealed class DataFolderTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_folder_in_which_no_file_can_be_created_is_said_to_be_read_only()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "The test needs a folder that is read-only even for root.");

        AssertSentence("The data folder /proc cannot be written to", "/proc");
    }

    [Fact]
    public void A_folder_whose_storage_is_read_only_is_said_to_be_read_only()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "The test needs a folder that is read-only even for root.");
        Directory.CreateSymbolicLink(_folder.PathOf("azurite"), "/proc");

        AssertSentence($"The data folder {_folder.PathOf("azurite")} cannot be written to", _folder.PathOf());
    }

    [Fact]
    public void A_folder_of_another_host_is_said_to_be_in_use()
    {
        using DataFolder first = DataFolder.Open(_folder.PathOf());

        AssertSentence("Another local host is using the data folder", _folder.PathOf());
    }

    [Fact]
    public void A_folder_that_can_be_used_has_only_the_lock_afterwards()
    {
        using (DataFolder.Open(_folder.PathOf()))
        {
        }

        Assert.Equal([_folder.PathOf("host.lock")], Directory.EnumerateFileSystemEntries(_folder.PathOf()));
    }

    private static void AssertSentence(string expected, string path)
    {
        string said = Assert.Throws<HostException>(() => DataFolder.Open(path)).Message;
        Assert.StartsWith(expected, said, StringComparison.Ordinal);
        Assert.Contains("--data", said, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', said);
    }
}
