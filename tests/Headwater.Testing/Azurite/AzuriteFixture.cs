using Headwater.Storage.Azure;
using Headwater.Storage.Azure.Connecting;
using Headwater.Storage.Azure.Metering;
using Xunit;

namespace Headwater.Testing;

/// <summary>
/// The emulator that all tests of a process share. The first test that needs it starts it; each test uses its own containers and tables.
/// Use it with <c>[assembly: AssemblyFixture(typeof(AzuriteFixture))]</c> and a constructor parameter. If Node.js is missing, tests that need it skip.
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

    /// <summary>Opens the emulator's account through the storage adapter.</summary>
    /// <param name="meter">Counts the storage calls; null if the test does not need the counts.</param>
    /// <param name="configure">Changes the options, for example to add policies.</param>
    public async Task<AzureStorage> StorageAsync(StorageMeter? meter = null, Func<AzureStorageOptions, AzureStorageOptions>? configure = null)
    {
        AzureStorageOptions options = new() { ConnectionString = await ConnectionStringAsync() };
        return new AzureStorage(configure?.Invoke(options) ?? options, meter ?? new StorageMeter(), TimeProvider.System);
    }

    /// <summary>A name that no other test uses. It is valid for containers, tables and queues.</summary>
    public static string UniqueName() => "t" + Guid.NewGuid().ToString("N");

    private static async Task<AzuriteProcess> StartAsync()
    {
        AzuriteProcess azurite = await AzuriteProcess.StartAsync(CancellationToken.None);
        AppDomain.CurrentDomain.ProcessExit += (_, _) => azurite.Dispose();
        return azurite;
    }
}
