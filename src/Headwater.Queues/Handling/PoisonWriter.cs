using System.Text;
using Headwater.Contracts.Errors;
using Headwater.Log.Ports;
using Headwater.Queues.Messages;
using Headwater.Queues.Stored;
using Microsoft.Extensions.Logging;

namespace Headwater.Queues.Handling;

/// <summary>
/// Gives messages up in three calls: writes a row of the poison list, records the status of a posted batch, then sends the message with its reason to the
/// poison queue. If a call fails, the
/// message is delivered again and the same rows are written again.
/// </summary>
public sealed class PoisonWriter(PoisonList list, QueuedStatuses statuses, Outbound outbound, TimeProvider time, ILogger logger)
{
    private const int ReasonLength = 4_000;

    private const int ExcerptLength = 512;

    private const int NameLength = 256;

    /// <summary>Gives one message up.</summary>
    /// <param name="queue">The queue that the message is from.</param>
    /// <param name="text">The message to keep, in the format of <paramref name="queue"/>.</param>
    /// <param name="identity">Whose message it is.</param>
    /// <param name="known">The batch's status so far; null without one.</param>
    /// <param name="reason">Why the message is given up.</param>
    /// <param name="enqueued">When the message was first enqueued.</param>
    /// <param name="cancellation">Cancelled when the host stops.</param>
    public async Task GiveUpAsync(
        string queue,
        ReadOnlyMemory<byte> text,
        MessageIdentity identity,
        QueuedStatus? known,
        HeadwaterException reason,
        DateTimeOffset enqueued,
        CancellationToken cancellation)
    {
        var record = new PoisonRecord
        {
            Ref = identity.Ref ?? PoisonRecord.RefOf(text.Span, enqueued),
            Queue = queue,
            Id = identity.Id,
            Stream = identity.Stream is { } stream ? Shortened(stream, NameLength) : null,
            Code = reason.Code.WireName(),
            Reason = Shortened(reason.Message, ReasonLength),
            At = time.GetUtcNow(),
            Enqueued = enqueued,
        };
        await list.AddAsync(new PoisonEntry(record, Excerpt(text.Span)), cancellation);
        if (identity is { IsPosted: true, Id: { } id })
        {
            string? claim = known?.Claim ?? (identity.Batch is { } batch ? ClaimBlobs.NameOf(batch) : null);
            var status = new QueuedStatus(id, AppendState.Poisoned, identity.Stream ?? known?.Stream ?? "", record.At)
            {
                Code = record.Code,
                Reason = record.Reason,
                Claim = claim,
            };
            await statuses.RecordAsync(status, cancellation);
        }

        byte[] message = await outbound.PackAsync(record, text, cancellation);
        await outbound.SendAgainAsync(queue + StorageNames.PoisonSuffix, message, TimeSpan.Zero, cancellation);
        logger.Poisoned(queue, record.Ref, record.Code);
    }

    /// <summary>The first 512 characters of a message. Bytes that are not UTF-8 are replaced.</summary>
    public static string Excerpt(ReadOnlySpan<byte> text) =>
        Shortened(Encoding.UTF8.GetString(text[..Math.Min(text.Length, ExcerptLength * 4)]), ExcerptLength);

    private static string Shortened(string text, int most) => text.Length <= most ? text : TextMember.Cut(text, most) + "…";
}
