using Headwater.LocalHost.Errors;
using Headwater.Log.Ports;
using Headwater.Storage.Azure;
using Headwater.Storage.Azure.Connecting;
using Headwater.Storage.Azure.Metering;

namespace Headwater.LocalHost.Copying;

/// <summary>Copies the log of one storage account to another.</summary>
internal static class CopyCommand
{
    /// <param name="from">The account of the log: its name, used with the current Azure sign-in, or a connection string.</param>
    /// <param name="to">The account of the copy, in the same form.</param>
    /// <param name="output">Receives the report.</param>
    /// <param name="stop">Cancels the copy; the next run continues it.</param>
    public static async Task<int> RunAsync(string from, string to, TextWriter output, CancellationToken stop)
    {
        using StorageMeter meter = new();
        LogCopy copy = new(Open(from, meter), Open(to, meter));
        try
        {
            CopyReport report = await copy.RunAsync(stop);
            await output.WriteLineAsync($"{report.Blobs} blobs were new or had changed; {report.Bytes:N0} bytes written.");
            return 0;
        }
        catch (StorageException exception)
        {
            throw new HostException($"Storage failed ({exception.Message}). The copy is still valid: run the command again to continue.", exception);
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
