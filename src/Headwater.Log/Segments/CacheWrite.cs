using Headwater.Log.Ports;

namespace Headwater.Log.Segments;

/// <summary>Writes blobs that only save reads: indexes and request keys of segments.</summary>
internal static class CacheWrite
{
    /// <summary>Writes a blob. Storage errors are ignored, because readers make what is missing from the segment again. Costs one write.</summary>
    public static async Task TryAsync(
        IBlobs blobs, string name, ReadOnlyMemory<byte> bytes, WriteCondition condition, CancellationToken cancellation)
    {
        Task write = blobs.WriteAsync(name, bytes, condition, cancellation).AsTask();
        await write.ConfigureAwait(ConfigureAwaitOptions.ContinueOnCapturedContext | ConfigureAwaitOptions.SuppressThrowing);
        if (write.Exception is { InnerException: not StorageException })
        {
            await write;
        }
    }
}
