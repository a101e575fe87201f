using Headwater.Log.Model;
using Headwater.Log.Ports;

namespace Headwater.Log.Segments;

/// <summary>What became of bytes sent to a position.</summary>
internal enum BlockAppendOutcome
{
    /// <summary>They stand there.</summary>
    Stored,

    /// <summary>Others' bytes stand there, or the segment is sealed: they never will.</summary>
    NotStored,

    /// <summary>The segment takes no more appends: they never will.</summary>
    Full,

    /// <summary>The segment was gone before they came: they never will.</summary>
    Missing,

    /// <summary>Out of time, or the segment went meanwhile: they may stand there, or have stood, or land later.</summary>
    Unknown,
}

/// <param name="Blocks">AppendBlock calls the segment has taken, if known.</param>
internal readonly record struct BlockAppendReport(BlockAppendOutcome Outcome, int Blocks = 0);

/// <summary>
/// Sends bytes to one position of a segment and finds out whether they landed: the one place where an ambiguous answer is resolved. One storage call
/// when all is well;
/// after an unclear answer one read and one more append a try, the same bytes to the same position, so that at most one copy can ever land.
/// </summary>
internal sealed class AppendSender(LogPorts ports, LogOptions options)
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(50);

    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(2);

    /// <exception cref="StorageException">Storage refused in a way that proves nothing was stored.</exception>
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

    /// <summary>A refusal proves that this try stored nothing, but an unclear one before it still may.</summary>
    private async Task<AppendAnswer> TryAppendAsync(string segment, AppendCondition condition, ReadOnlyMemory<byte> bytes, bool unclear, CancellationToken cancellation)
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

    /// <summary>What stands at the position; null while nothing does and something still may.</summary>
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
                // A batch id is unique, so equal bytes are ours.
                return new BlockAppendReport(read.Content.Span.SequenceEqual(bytes.Span) ? BlockAppendOutcome.Stored : BlockAppendOutcome.NotStored);
            }

            // An empty blob with another ETag was made after the one that is meant was gone.
            return read.Sealed || (condition.ETag is { } meant && read.ETag != meant) ? new BlockAppendReport(BlockAppendOutcome.NotStored) : null;
        }
        catch (StorageException)
        {
            return null; // Cannot look now: still unclear.
        }
    }
}
