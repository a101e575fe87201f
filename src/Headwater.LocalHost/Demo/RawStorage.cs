using System.Diagnostics;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Azure.Storage.Blobs.Specialized;

namespace Headwater.LocalHost.Demo;

/// <param name="Append">Bytes per second.</param>
/// <param name="Download">Bytes per second.</param>
internal sealed record RawRates(double Append, double Download);

/// <summary>What the same storage does without us: as many AppendBlock calls of the same mean size on as many blobs, then whole downloads. Our rates mean something only beside these.</summary>
internal sealed class RawStorage(string connectionString)
{
    // So little is moved that one round would measure chance.
    internal const int Rounds = 5;

    // The newest version that Azurite and the SDK both know.
    private readonly BlobServiceClient _service = new(connectionString, new BlobClientOptions(BlobClientOptions.ServiceVersion.V2026_06_06));

    /// <param name="bytes">Stored by the log.</param>
    /// <param name="appends">AppendBlock calls the log made for them.</param>
    /// <param name="blobs">Blobs they went to; each takes one call after the other.</param>
    /// <param name="cancellation">Stops.</param>
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
            AppendBlobAppendBlockOptions options = new() { Conditions = new AppendBlobRequestConditions { IfAppendPositionEqual = (long)i * block.Length } };
            await blob.AppendBlockAsync(content, options, cancellation);
        }
    }
}
