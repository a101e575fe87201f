using Headwater.LocalHost.Errors;
using Headwater.LocalHost.Npm;
using Headwater.LocalHost.Tests.Running;

[assembly: AssemblyFixture(typeof(Installed))]

namespace Headwater.LocalHost.Tests.Running;

/// <summary>Installs Azurite before the first test that runs it.</summary>
public sealed class Installed : IAsyncLifetime
{
    private string? _missing;

    internal NpmProject Azurite { get; } = NpmProject.Find("azurite", "Azurite", TimeProvider.System);

    public async ValueTask InitializeAsync()
    {
        try
        {
            await Azurite.EnsureInstalledAsync(TextWriter.Null, CancellationToken.None);
        }
        catch (HostException missing)
        {
            _missing = missing.Message;
        }
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    /// <summary>Skips the test if Node.js is not installed.</summary>
    public void Require() => Assert.SkipWhen(_missing is not null, _missing ?? "");
}
