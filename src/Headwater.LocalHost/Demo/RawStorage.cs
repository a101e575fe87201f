using System.Diagnostics;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Azure.Storage.Blobs.Specialized;

namespace Headwater.LocalHost.Demo;

/// <param name="Append">The append rate in bytes per second.</param>
/// <param name="Download">The download rate in bytes per second.</param>
internal sealed record RawRates(double Append, double Download);

/// <summary>
/// Measures the same storage without the log, as a baseline for its rates: the same number of AppendBlock calls of the same mean size on the
/// same number of blobs, then complete downloads.
/// </summary>
internal sealed class RawStorage(string connectionString)
{
    // The amount of data is too small for one round to be significant.
    internal const int Rounds = 5;

    // The newest version that both Azurite and the SDK support.
    private readonly BlobServiceClient _service = new(connectionString, new BlobClientOptions(BlobClientOptions.ServiceVersion.V2026_06_06));

    /// <param name="bytes">The number of bytes that the log stored.</param>
    /// <param name="appends">The number of AppendBlock calls that the log made.</param>
    /// <param name="blobs">The number of blobs; calls to one blob are sequential.</param>
    /// <param name="cancellation">Cancels the measurement.</param>
    public async Task<RawRates> MeasureAsync(long bytes, int appends, int blobs, CancellationToken cancellation)
    {
        BlobContainerClient container = _service.GetBlobContainerClient("raw");
        await container.CreateIfNotExistsAsync(cancellationToken: cancellation);
        byte[] block = new byte[Math.Max(1, bytes / appends)];
        new Random(1).NextBytes(block);
        int each = (appends + blobs - 1) / blobs;
        TimeSpan appending = TimeSpan.Zero;
        TimeSpan downloading = TimeSpan.Zero;
        for (int round = 0; round < Rounds; round++)
        {
            AppendBlobClient[] files = [.. Enumerable.Range(0, blobs).Select(b => container.GetAppendBlobClient($"{round}-{b}"))];
            await Task.WhenAll(files.Select(f => f.CreateAsync(cancellationToken: cancellation)));
            appending += await TimeAsync(files.Select(f => AppendAsync(f, block, each, cancellation)));
            downloading += await TimeAsync(files.Select(f => f.DownloadContentAsync(cancellation)));
        }

        double moved = (double)Rounds * block.Length * each * blobs;
        return new RawRates(moved / appending.TotalSeconds, moved / downloading.TotalSeconds);
    }

    private static async Task<TimeSpan> TimeAsync(IEnumerable<Task> work)
    {
        long began = Stopwatch.GetTimestamp();
        await Task.WhenAll(work);
        return Stopwatch.GetElapsedTime(began);
    }

    private static async Task AppendAsync(AppendBlobClient blob, byte[] block, int times, CancellationToken cancellation)
    {
        for (int i = 0; i < times; i++)
        {
            using MemoryStream content = new(block);
            AppendBlobRequestConditions position = new() { IfAppendPositionEqual = (long)i * block.Length };
            AppendBlobAppendBlockOptions options = new() { Conditions = position };
            await blob.AppendBlockAsync(content, options, cancellation);
        }
    }
}
