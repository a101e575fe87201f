using System.Diagnostics;
using System.Xml.Linq;
using Xunit;

namespace Headwater.Functions.Tests.Building;

/// <summary>What may be published, asked of the build itself.</summary>
public sealed class PublishTests : IDisposable
{
#if DEBUG
    private const string Configuration = "Debug";
#else
    private const string Configuration = "Release";
#endif

    private readonly DirectoryInfo _target = Directory.CreateTempSubdirectory("headwater-publish");

    public void Dispose() => _target.Delete(recursive: true);

    [Fact]
    public async Task An_app_with_a_stand_in_for_the_worker_is_not_published()
    {
        Assert.SkipWhen(HasWorker(), "the package sources hold the Functions worker");

        (int code, string output) = await PublishAsync();

        Assert.NotEqual(0, code);
        Assert.Contains("error HW0002", output, StringComparison.Ordinal);
        Assert.Empty(_target.EnumerateFileSystemInfos());
    }

    [Fact]
    public void A_developers_own_settings_are_never_published()
    {
        XElement settings = XDocument.Load(Repository.PathOf("functions", "Headwater.Functions.csproj")).Descendants()
            .Single(e => e.Attribute("Update")?.Value == "local.settings.json");

        Assert.Equal("Never", settings.Attribute("CopyToPublishDirectory")?.Value);
    }

    /// <summary>Else <c>dotnet publish functions</c> would mean another.</summary>
    [Fact]
    public void The_folder_of_the_app_holds_one_project() => Assert.Single(Directory.EnumerateFiles(Repository.PathOf("functions"), "*.*proj"));

    private static bool HasWorker() => File.ReadAllText(Repository.PathOf("functions", "obj", "functions-worker")).Trim() == "true";

    private async Task<(int Code, string Output)> PublishAsync()
    {
        ProcessStartInfo start = new(
            "dotnet", ["publish", "functions/Headwater.Functions.csproj", "--no-build", "--no-restore", "--nologo", "-c", Configuration, "-o", _target.FullName])
        {
            WorkingDirectory = Repository.Root,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using Process publish = Process.Start(start)!;
        Task<string> error = publish.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        string output = await publish.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await publish.WaitForExitAsync(TestContext.Current.CancellationToken);
        return (publish.ExitCode, output + await error);
    }
}
