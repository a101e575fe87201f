using Headwater.Storage.Azure;
using Headwater.Storage.Azure.Connecting;
using Headwater.Storage.Azure.Metering;
using Xunit;

namespace Headwater.Testing;

/// <summary>
/// The emulator that all tests of a process share, started by the first that asks; each test works in containers and tables of its own.
/// Use it with <c>[assembly: AssemblyFixture(typeof(AzuriteFixture))]</c> and a constructor parameter. Without Node.js the asking test is skipped.
/// </summary>
public sealed class AzuriteFixture
{
    private static readonly Lazy<Task<AzuriteProcess>> Shared = new(StartAsync);

    /// <summary>The running emulator.</summary>
    public async Task<AzuriteProcess> ProcessAsync()
    {
        try
        {
            return await Shared.Value;
        }
        catch (ToolMissingException missing)
        {
            Assert.Skip(missing.Message);
            throw;
        }
    }

    public async Task<string> ConnectionStringAsync() => (await ProcessAsync()).ConnectionString;

    /// <summary>The emulator's account through our adapter.</summary>
    /// <param name="meter">Counts the storage calls; null if they are not needed.</param>
    /// <param name="configure">Changes to the options, policies for instance.</param>
    public async Task<AzureStorage> StorageAsync(StorageMeter? meter = null, Func<AzureStorageOptions, AzureStorageOptions>? configure = null)
    {
        AzureStorageOptions options = new() { ConnectionString = await ConnectionStringAsync() };
        return new AzureStorage(configure?.Invoke(options) ?? options, meter ?? new StorageMeter(), TimeProvider.System);
    }

    /// <summary>A name that no other test uses, fit for containers, tables and queues.</summary>
    public static string UniqueName() => "t" + Guid.NewGuid().ToString("N");

    private static async Task<AzuriteProcess> StartAsync()
    {
        AzuriteProcess azurite = await AzuriteProcess.StartAsync(CancellationToken.None);
        AppDomain.CurrentDomain.ProcessExit += (_, _) => azurite.Dispose();
        return azurite;
    }
}
