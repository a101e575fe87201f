using Headwater.Testing;

namespace Headwater.Hostile.Attacks;

/// <summary>A second host on the same storage, started when it is first used, so that the host under attack has something to catch up with.</summary>
/// <param name="assembly">The host's assembly.</param>
/// <param name="storage">The connection string of the storage.</param>
internal sealed class SecondHost(string assembly, string storage) : IAsyncDisposable
{
    private Task<HostProcess>? _started;

    public async Task<AttackClient> ClientAsync() => new((await (_started ??= HostProcess.StartAsync(assembly, storage))).Address);

    public async ValueTask DisposeAsync()
    {
        if (_started is { } started)
        {
            (await started).Dispose();
        }
    }
}
