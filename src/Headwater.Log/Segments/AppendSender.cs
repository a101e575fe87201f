using Headwater.Log.Model;
using Headwater.Log.Ports;

namespace Headwater.Log.Segments;

/// <summary>The outcome of an append at a position.</summary>
internal enum BlockAppendOutcome
{
    /// <summary>The bytes are stored at the position.</summary>
    Stored,

    /// <summary>Never stored: other bytes are at the position, the segment is sealed, or it has another ETag.</summary>
    NotStored,

    /// <summary>Never stored: the segment has reached the service's limit of blocks or bytes.</summary>
    Full,

    /// <summary>Never stored: the segment did not exist when the only append arrived.</summary>
    Missing,

    /// <summary>The append timed out, or the segment was deleted after an unclear answer: the bytes may be stored, may have been, or may be later.</summary>
    Unknown,
}

/// <param name="Outcome">The outcome.</param>
/// <param name="Blocks">AppendBlock calls committed to the segment, this one included; 0 if unknown.</param>
internal readonly record struct BlockAppendReport(BlockAppendOutcome Outcome, int Blocks = 0);

/// <summary>
/// Appends bytes at one position of a segment and determines the outcome. This is the only place that resolves an ambiguous answer.
/// Normally costs one storage call. After an unclear answer, each retry costs one read and one append of the same bytes at the same position, so at most one
/// copy can ever be stored.
/// </summary>
internal sealed class AppendSender(LogPorts ports, LogOptions options)
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(50);

    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(2);

    /// <exception cref="StorageException">The first append failed in a way that proves that nothing was stored.</exception>
    public async Task<BlockAppendReport> SendAsync(string segment, AppendCondition condition, ReadOnlyMemory<byte> bytes, CancellationToken cancellation)
    {
        long started = ports.Time.GetTimestamp();
        bool unclear = false;
        TimeSpan pause = FirstPause;
        while (true)
        {
            AppendAnswer answer = await TryAppendAsync(segment, condition, bytes, unclear, cancellation);
            ports.Clock.Observe(answer.Date);
            if (answer.Status == AppendStatus.Appended)
            {
                return new BlockAppendReport(BlockAppendOutcome.Stored, answer.CommittedBlocks);
            }

            if (!unclear && answer.Status != AppendStatus.Unknown)
            {
                return answer.Status switch
                {
                    AppendStatus.NotFound => new BlockAppendReport(BlockAppendOutcome.Missing),
                    AppendStatus.Full => new BlockAppendReport(BlockAppendOutcome.Full),
                    _ => new BlockAppendReport(BlockAppendOutcome.NotStored),
                };
            }

            unclear = true;
            if (await LookAsync(segment, condition, bytes, cancellation) is { } found)
            {
                return found;
            }

            if (ports.Time.GetElapsedTime(started) + pause > options.AppendPatience)
            {
                return new BlockAppendReport(BlockAppendOutcome.Unknown);
            }

            await Task.Delay(pause * (0.5 + ports.Randomness.NextFraction()), ports.Time, cancellation);
            pause = pause * 2 > LongestPause ? LongestPause : pause * 2;
        }
    }

    /// <summary>A thrown fault proves that this try stored nothing, but an earlier try with an unclear answer may still take effect.</summary>
    private async Task<AppendAnswer> TryAppendAsync(
        string segment, AppendCondition condition, ReadOnlyMemory<byte> bytes, bool unclear, CancellationToken cancellation)
    {
        try
        {
            return await ports.Blobs.AppendBlockAsync(segment, condition, bytes, cancellation);
        }
        catch (StorageException problem) when (unclear)
        {
            return new AppendAnswer(AppendStatus.Unknown, 0, null, problem.Message);
        }
    }

    /// <summary>Reads the position. Null while nothing is stored there and an earlier append may still take effect.</summary>
    private async Task<BlockAppendReport?> LookAsync(string segment, AppendCondition condition, ReadOnlyMemory<byte> bytes, CancellationToken cancellation)
    {
        try
        {
            using BlobRead? read = await ports.Blobs.ReadAsync(segment, condition.Position, bytes.Length, cancellation);
            if (read is null)
            {
                return new BlockAppendReport(BlockAppendOutcome.Unknown);
            }

            ports.Clock.Observe(read.Date);
            if (read.Length > condition.Position)
            {
                // Every batch has a unique id and every header a random sync marker, so equal bytes are ours.
                return new BlockAppendReport(read.Content.Span.SequenceEqual(bytes.Span) ? BlockAppendOutcome.Stored : BlockAppendOutcome.NotStored);
            }

            // A blob never shrinks, so this one was created late under the name of the segment, which is deleted. Whether it is sealed says nothing.
            if (read.Length < condition.Position)
            {
                return new BlockAppendReport(BlockAppendOutcome.Unknown);
            }

            // An empty blob with another ETag was created after the intended one was deleted.
            return read.Sealed || (condition.ETag is { } meant && read.ETag != meant) ? new BlockAppendReport(BlockAppendOutcome.NotStored) : null;
        }
        catch (StorageException)
        {
            return null; // The read failed, so the outcome is still unclear.
        }
    }
}
