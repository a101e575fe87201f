using System.Buffers;
using System.Text.Json;
using Headwater.Contracts.Json;
using Headwater.Formats.Parsing;
using Headwater.Log.Ports;
using Headwater.Queues.Messages;

namespace Headwater.Queues.Stored;

/// <summary>Sends messages to queues. The content of a message that exceeds 64 KiB is written to a blob.</summary>
public sealed class Outbound(IQueues queues, ClaimBlobs claims, TimeProvider time)
{
    /// <summary>
    /// The largest message of a posted batch as sent, in bytes. The events of a larger one are written to a blob. The rest of the 64 KiB is reserved for what
    /// retries add to the envelope.
    /// </summary>
    public const int InlineBytes = 48 * 1024;

    private const int Tries = 4;

    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(250);

    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(15);

    /// <summary>Must be shorter than the host's function timeout.</summary>
    private static readonly TimeSpan LastPatience = TimeSpan.FromMinutes(5);

    /// <summary>Sends once. Costs one call.</summary>
    public ValueTask SendAsync(string queue, ReadOnlyMemory<byte> message, TimeSpan delay, CancellationToken cancellation) =>
        queues.SendAsync(queue, message, delay, cancellation);

    /// <summary>
    /// Sends with up to four attempts, because a failed send would count as a failed attempt of the message. If the message is sent twice, the second copy is
    /// handled as a repeat.
    /// </summary>
    public Task SendAgainAsync(string queue, ReadOnlyMemory<byte> message, TimeSpan delay, CancellationToken cancellation) =>
        SendForAsync(TimeSpan.Zero, queue, message, delay, cancellation);

    /// <summary>
    /// Sends with attempts for five minutes. For the last attempt that the host allows: if the send failed, the host would give the message up.
    /// </summary>
    public Task SendAtLastAsync(string queue, ReadOnlyMemory<byte> message, TimeSpan delay, CancellationToken cancellation) =>
        SendForAsync(LastPatience, queue, message, delay, cancellation);

    /// <summary>Writes a record together with its message. If they exceed 64 KiB, the message is written to a blob.</summary>
    public async Task<byte[]> PackAsync(PoisonRecord record, ReadOnlyMemory<byte> body, CancellationToken cancellation)
    {
        byte[] whole = record.Write(body.Span);
        if (QueueText.Size(whole) <= QueueText.MaxBytes)
        {
            return whole;
        }

        await claims.CreateAsync(ClaimBlobs.MessageName(record.Ref), body, cancellation);
        return record.WriteClaim(body.Length);
    }

    /// <summary>Writes the events of a batch that became too large for its message to a blob that <paramref name="token"/> names.</summary>
    /// <returns>The batch without its events.</returns>
    public async Task<QueuedBatch> ClaimAsync(QueuedBatch batch, string token, CancellationToken cancellation)
    {
        var buffer = new ArrayBufferWriter<byte>(QueueText.MaxBytes);
        using (var json = new Utf8JsonWriter(buffer, WireJson.WriterOptions))
        {
            JsonCopy.Write(batch.Content.Events ?? batch.Content.CloudEvent!.Value, json);
        }

        QueuedBatch claimed = batch with { Content = QueuedContent.Claimed(buffer.WrittenCount, token) };
        await claims.CreateAsync(ClaimBlobs.NameOf(claimed)!, buffer.WrittenMemory, cancellation);
        return claimed;
    }

    /// <summary>Keeps the blob of a batch, if a token names it, from being swept while the batch's message is in use.</summary>
    public async Task RenewAsync(QueuedBatch batch, CancellationToken cancellation)
    {
        if (batch.Content is { Token: not null, ClaimBytes: { } bytes })
        {
            await claims.RenewAsync(ClaimBlobs.NameOf(batch)!, bytes, cancellation);
        }
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
            catch (StorageException problem) when (MessageDispositions.IsOutage(problem) && (attempt < Tries || time.GetElapsedTime(started) < patience))
            {
                await Task.Delay(pause, time, cancellation);
                pause = pause * 2 < LongestPause ? pause * 2 : LongestPause;
            }
        }
    }
}
