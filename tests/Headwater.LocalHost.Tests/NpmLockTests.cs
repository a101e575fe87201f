using Headwater.LocalHost.Npm;
using Headwater.LocalHost.Tests.Running;

namespace Headwater.LocalHost.Tests;

public sealed class NpmLockTests : IDisposable
{
    private const string Wanted =
        """{"packages":{"":{"name":"p"},"node_modules/a":{"version":"1.0.0"},"node_modules/b":{"version":"2.0.0","optional":true}}}""";

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("""{"packages":{"node_modules/a":{"version":"1.0.0"},"node_modules/b":{"version":"2.0.0"}}}""")]
    [InlineData("""{"packages":{"node_modules/a":{"version":"1.0.0"}}}""")]
    public void Packages_of_the_locks_versions_are_installed(string installed) => Assert.True(IsInstalled(installed));

    [Theory]
    [InlineData("""{"packages":{"node_modules/a":{"version":"1.0.1"}}}""")]
    [InlineData("""{"packages":{"node_modules/b":{"version":"2.0.0"}}}""")]
    [InlineData("""{"packages":{"node_modules/a":{"ver""")]
    [InlineData("[]")]
    [InlineData("")]
    public void Other_versions_and_half_an_installation_are_not(string installed) => Assert.False(IsInstalled(installed));

    [Fact]
    public void No_installation_is_not()
    {
        File.WriteAllText(_folder.PathOf("lock"), Wanted);

        Assert.False(NpmLock.IsInstalled(_folder.PathOf("lock"), _folder.PathOf("none")));
    }

    private bool IsInstalled(string installed)
    {
        File.WriteAllText(_folder.PathOf("lock"), Wanted);
        File.WriteAllText(_folder.PathOf("installed"), installed);
        return NpmLock.IsInstalled(_folder.PathOf("lock"), _folder.PathOf("installed"));
    }
}
