using Headwater.Contracts.Errors;
using Headwater.Log.Model;
using Headwater.Log.Segments;
using Headwater.Log.Streams;

namespace Headwater.Log;

/// <summary>
/// Does work by a stream's description, which may be out of date. If blobs are missing, reads the description again, which tells whether retention deleted
/// them, or the stream was deleted or recreated, or the log is damaged.
/// </summary>
internal sealed class CurrentStreams(StreamCatalogue streams, PartitionLogs partitions)
{
    /// <summary>The stream's current description. Costs one read.</summary>
    /// <exception cref="HeadwaterException">StreamNotFound; StreamChanged: the stream was deleted and recreated.</exception>
    public Task<StreamDescription> ReloadAsync(StreamDescription stream, CancellationToken cancellation) => ReloadAsync(stream, null, cancellation);

    /// <summary>
    /// Does work that changes nothing. If retention deleted segments that the description or a cached listing has, repeats the work once by the current
    /// description.
    /// </summary>
    /// <exception cref="HeadwaterException">StreamNotFound, CorruptSegment; StreamChanged: recreated, or segments were deleted during both tries.</exception>
    public async Task<T> ReadAsync<T>(StreamDescription stream, Func<StreamDescription, Task<T>> work)
    {
        try
        {
            return await work(stream);
        }
        catch (Exception stale) when (IsGone(stale) || stale is HeadwaterException { Code: ErrorCode.StreamChanged })
        {
            StreamDescription now = await RefreshAsync(stream, stale);
            return await WriteAsync(now, () => work(now));
        }
    }

    /// <summary>Does work that must not be repeated.</summary>
    /// <exception cref="HeadwaterException">StreamNotFound, CorruptSegment; StreamChanged: recreated, or segments were deleted.</exception>
    public async Task<T> WriteAsync<T>(StreamDescription stream, Func<Task<T>> work)
    {
        try
        {
            return await work();
        }
        catch (HeadwaterException unknown) when (unknown.Code == ErrorCode.ProducerNotStarted)
        {
            await RefreshAsync(stream, unknown);
            throw;
        }
        catch (Exception gone) when (IsGone(gone))
        {
            await RefreshAsync(stream, gone);
            throw new HeadwaterException(ErrorCode.StreamChanged, $"Segments of stream '{stream.Name}' were deleted during the request; retry.", gone);
        }
    }

    private static bool IsGone(Exception problem) => problem is SegmentGoneException or HeadwaterException { Code: ErrorCode.StreamNotFound };

    /// <summary>The stream's current description. If it does not explain the problem, drops the stream's cached partitions and throws.</summary>
    /// <exception cref="HeadwaterException">
    /// StreamNotFound; StreamChanged: the stream was recreated; CorruptSegment: segments are missing although no log start was raised.
    /// </exception>
    private async Task<StreamDescription> RefreshAsync(StreamDescription stream, Exception problem)
    {
        bool isExplained = false;
        try
        {
            StreamDescription now = await ReloadAsync(stream, problem, CancellationToken.None);
            isExplained = !IsGone(problem) || now.LogStarts.Any(s => s.Value > stream.LogStart(s.Key));
            return isExplained
                ? now
                : throw new HeadwaterException(ErrorCode.CorruptSegment, $"Segments of a partition of stream '{stream.Name}' are missing.", problem);
        }
        finally
        {
            if (!isExplained)
            {
                partitions.Forget(stream.StreamId);
            }
        }
    }

    private async Task<StreamDescription> ReloadAsync(StreamDescription stream, Exception? problem, CancellationToken cancellation)
    {
        StreamDescription now = await streams.ReloadAsync(stream.Name, cancellation);
        return now.StreamId == stream.StreamId
            ? now
            : throw new HeadwaterException(ErrorCode.StreamChanged, $"Stream '{stream.Name}' was deleted and recreated; retry.", problem);
    }
}
