using Headwater.Log.Ports;
using Headwater.Queues.Messages;

namespace Headwater.Queues.Stored;

/// <summary>Puts messages on queues, those too large for one beside it as blobs.</summary>
public sealed class Outbound(IQueues queues, ClaimBlobs claims, TimeProvider time)
{
    /// <summary>Larger batches go to a blob when they are first taken: it leaves room for what the envelope gains on its way.</summary>
    public const int InlineBytes = 48 * 1024;

    private const int Tries = 4;

    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(250);

    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(15);

    /// <summary>Shorter than the host lets a function take.</summary>
    private static readonly TimeSpan LastPatience = TimeSpan.FromMinutes(5);

    /// <summary>One call.</summary>
    public ValueTask SendAsync(string queue, ReadOnlyMemory<byte> message, TimeSpan delay, CancellationToken cancellation) => queues.SendAsync(queue, message, delay, cancellation);

    /// <summary>As <see cref="SendAsync"/>, tried a few times: losing track of a message that waits would count as its failure. A second copy is a repeat like any other.</summary>
    public Task SendAgainAsync(string queue, ReadOnlyMemory<byte> message, TimeSpan delay, CancellationToken cancellation) =>
        SendForAsync(TimeSpan.Zero, queue, message, delay, cancellation);

    /// <summary>As <see cref="SendAgainAsync"/>, for five minutes: at the last try that the host allows, when failing gives the message up.</summary>
    public Task SendAtLastAsync(string queue, ReadOnlyMemory<byte> message, TimeSpan delay, CancellationToken cancellation) =>
        SendForAsync(LastPatience, queue, message, delay, cancellation);

    /// <summary>A record with its message inside, or with the message in a blob where both are too large for a queue.</summary>
    public async Task<byte[]> PackAsync(PoisonRecord record, ReadOnlyMemory<byte> body, CancellationToken cancellation)
    {
        byte[] whole = record.Write(body.Span, claim: false);
        if (QueueText.Size(whole) <= QueueText.MaxBytes)
        {
            return whole;
        }

        await claims.WriteAsync(ClaimBlobs.MessageName(record.Ref), body, cancellation);
        return record.Write(body.Span, claim: true);
    }

    private async Task SendForAsync(TimeSpan patience, string queue, ReadOnlyMemory<byte> message, TimeSpan delay, CancellationToken cancellation)
    {
        long started = time.GetTimestamp();
        TimeSpan pause = FirstPause;
        for (int attempt = 1; ; attempt++)
        {
            try
            {
                await queues.SendAsync(queue, message, delay, cancellation);
                return;
            }
            catch (StorageException problem) when (Verdicts.IsOutage(problem) && (attempt < Tries || time.GetElapsedTime(started) < patience))
            {
                await Task.Delay(pause, time, cancellation);
                pause = pause * 2 < LongestPause ? pause * 2 : LongestPause;
            }
        }
    }
}
