using System.Text;
using Headwater.Contracts.Errors;
using Headwater.Log.Ports;
using Headwater.Queues.Messages;
using Headwater.Queues.Stored;
using Microsoft.Extensions.Logging;

namespace Headwater.Queues.Handling;

/// <summary>
/// Gives messages up: a row for the list, the outcome of the batch if it has one, then the message with its reason on the poison queue; three calls. Whatever breaks off in between is done again when
/// the message comes again, with the same rows.
/// </summary>
public sealed class Poisoning(PoisonList list, QueuedStatuses statuses, Outbound outbound, TimeProvider time, ILogger logger)
{
    private const int ReasonLength = 4_000;

    private const int ExcerptLength = 512;

    /// <param name="queue">Where the message came from.</param>
    /// <param name="text">What to keep of it, readable by that queue's handler.</param>
    /// <param name="batch">What it asks for, if that was understood.</param>
    /// <param name="reason">Why.</param>
    /// <param name="enqueued">When it was first enqueued.</param>
    /// <param name="cancellation">The host stops.</param>
    public async Task GiveUpAsync(string queue, ReadOnlyMemory<byte> text, QueuedBatch? batch, HeadwaterException reason, DateTimeOffset enqueued, CancellationToken cancellation)
    {
        var record = new PoisonRecord
        {
            Ref = PoisonRecord.RefOf(text.Span, enqueued),
            Queue = queue,
            Id = batch?.Id,
            Stream = batch?.Stream,
            Code = reason.Code.WireName(),
            Reason = Shortened(reason.Message, ReasonLength),
            At = time.GetUtcNow(),
            Enqueued = enqueued,
        };
        await list.AddAsync(new PoisonEntry(record, Excerpt(text.Span)), cancellation);
        if (batch is { FromInbox: false })
        {
            await statuses.RecordAsync(StatusOf(batch, record), cancellation);
        }

        byte[] message = await outbound.PackAsync(record, text, cancellation);
        await outbound.SendAgainAsync(queue + StorageNames.PoisonSuffix, message, TimeSpan.Zero, cancellation);
        logger.Poisoned(queue, record.Ref, record.Code);
    }

    /// <summary>The beginning of a message as text; bytes that are no UTF-8 are replaced.</summary>
    public static string Excerpt(ReadOnlySpan<byte> text) => Shortened(Encoding.UTF8.GetString(text[..Math.Min(text.Length, ExcerptLength * 4)]), ExcerptLength);

    private static QueuedStatus StatusOf(QueuedBatch batch, PoisonRecord record) =>
        new(batch.Id, AppendState.Poisoned, batch.Stream, record.At) { Code = record.Code, Reason = record.Reason, Claim = ClaimBlobs.NameOf(batch) };

    // Not between the halves of a pair.
    private static string Shortened(string text, int most)
    {
        if (text.Length <= most)
        {
            return text;
        }

        int end = char.IsHighSurrogate(text[most - 1]) ? most - 1 : most;
        return text[..end] + "…";
    }
}
