using Headwater.LocalHost.Errors;
using Headwater.Log.Ports;
using Headwater.Storage.Azure;
using Headwater.Storage.Azure.Connecting;
using Headwater.Storage.Azure.Metering;

namespace Headwater.LocalHost.Copying;

/// <summary>Copies the log of one storage account to another.</summary>
internal static class CopyCommand
{
    /// <param name="from">Where the log is: an account's name, for whoever is signed in, or a connection string.</param>
    /// <param name="to">Where the copy is, likewise.</param>
    /// <param name="output">Told what was done.</param>
    /// <param name="stop">Ends it early; the next run goes on.</param>
    public static async Task<int> RunAsync(string from, string to, TextWriter output, CancellationToken stop)
    {
        using StorageMeter meter = new();
        LogCopy copy = new(Open(from, meter), Open(to, meter));
        try
        {
            CopyReport report = await copy.RunAsync(stop);
            await output.WriteLineAsync($"{report.Blobs} blobs were new or had grown; {report.Bytes:N0} bytes written.");
            return 0;
        }
        catch (StorageException exception)
        {
            throw new HostException($"Storage failed ({exception.Message}). Nothing is spoilt: run it again and it goes on.", exception);
        }
    }

    private static IBlobs Open(string storage, StorageMeter meter)
    {
        AzureStorageOptions options = storage.Contains('=', StringComparison.Ordinal)
            ? new AzureStorageOptions { ConnectionString = storage }
            : new AzureStorageOptions { AccountName = storage };
        try
        {
            return new AzureStorage(options, meter, TimeProvider.System).OpenBlobs(StorageNames.Container);
        }
        catch (ArgumentException exception)
        {
            throw new HostException(exception.Message, exception);
        }
    }
}
