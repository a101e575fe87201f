using Headwater.Log.Ports;
using Headwater.Storage.Azure;

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
        CopyReport report = await new LogCopy(Open(from, meter), Open(to, meter)).RunAsync(stop);
        await output.WriteLineAsync($"{report.Blobs} blobs were new or had grown; {report.Bytes:N0} bytes written.");
        return 0;
    }

    private static IBlobs Open(string storage, StorageMeter meter)
    {
        AzureStorageOptions options = storage.Contains('=', StringComparison.Ordinal)
            ? new AzureStorageOptions { ConnectionString = storage }
            : new AzureStorageOptions { AccountName = storage };
        return new AzureStorage(options, meter, TimeProvider.System).OpenBlobs(StorageNames.Container);
    }
}
