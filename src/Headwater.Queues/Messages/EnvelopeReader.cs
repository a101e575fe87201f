using System.Globalization;
using System.Text.Json;
using Headwater.Contracts.Errors;
using Headwater.Core.Positions;
using Headwater.Core.Segments;
using Headwater.Log.Producers;

namespace Headwater.Queues.Messages;

/// <summary>Reads and checks envelopes of version 1, both the app's own and those of other services.</summary>
public static class EnvelopeReader
{
    /// <summary>Reads an envelope of queue <c>appends</c>.</summary>
    /// <exception cref="HeadwaterException">MalformedBody, UnknownMember, WrongPartition.</exception>
    public static QueuedBatch ReadOwn(JsonElement envelope)
    {
        var members = new EnvelopeMembers(envelope, EnvelopeFormat.Own);
        UInt128 id = EnvelopeFormat.Id.Read(members) ?? throw EnvelopeMembers.Lacks(EnvelopeFormat.Id.Name);
        UInt128? key = EnvelopeFormat.Key.Read(members);
        UInt128? digest = EnvelopeFormat.Digest.Read(members);
        return Read(members) with
        {
            Id = HexOf(id),
            Key = new RequestKey(key ?? id),
            HasOwnKey = key is not null,
            Digest = digest is { } known ? new RequestDigest(known) : null,
            PartitionBy = EnvelopeFormat.PartitionBy.Read(members),
            FromInbox = EnvelopeFormat.Inbox.Read(members),
            IsForced = EnvelopeFormat.Forced.Read(members),
            Enqueued = EnvelopeFormat.Enqueued.Read(members),
            Kept = EnvelopeFormat.Kept.Read(members),
            Wait = new QueuedWait(
                (int)(EnvelopeFormat.Attempts.Read(members) ?? 0),
                TimeSpan.FromSeconds(EnvelopeFormat.Waited.Read(members) ?? 0),
                EnvelopeFormat.Expected.Read(members)),
            Content = ContentOf(members),
        };
    }

    /// <summary>Reads an envelope of queue <c>inbox</c>. The sender chooses the id; a repeated id is appended once per stream.</summary>
    /// <inheritdoc cref="ReadOwn"/>
    public static QueuedBatch ReadForeign(JsonElement envelope)
    {
        var members = new EnvelopeMembers(envelope, EnvelopeFormat.Public);
        RequestKey key = MessageKeys.OfEnvelope(EnvelopeFormat.SentId.Require(members));
        return Read(members) with
        {
            Id = key.ToString(),
            Key = key,
            FromInbox = true,
            Content = ContentOf(members),
        };
    }

    private static QueuedBatch Read(EnvelopeMembers members)
    {
        long? version = EnvelopeFormat.Version.Read(members);
        if (version != EnvelopeWriter.Version)
        {
            throw Refusals.MalformedBody(
                $"The envelope's version is {version?.ToString(CultureInfo.InvariantCulture) ?? "missing"}; this app reads version {EnvelopeWriter.Version}.");
        }

        return new QueuedBatch
        {
            Id = "",
            Key = default,
            Stream = EnvelopeFormat.Stream.Require(members),
            StreamId = EnvelopeFormat.StreamId.Read(members),
            Partition = (int?)EnvelopeFormat.Partition.Read(members),
            Producer = ProducerOf(members),
            TraceParent = EnvelopeFormat.TraceParent.Read(members),
            TraceState = EnvelopeFormat.TraceState.Read(members),
        };
    }

    private static ProducerPosition? ProducerOf(EnvelopeMembers members)
    {
        string? producer = EnvelopeFormat.Producer.Read(members);
        long? epoch = EnvelopeFormat.Epoch.Read(members);
        long? sequence = EnvelopeFormat.Sequence.Read(members);
        if (producer is null && epoch is null && sequence is null)
        {
            return null;
        }

        return producer is not null && epoch is { } known && sequence is { } place
            ? new ProducerPosition(producer, new ProducerEpoch((int)known), new SequenceNumber(place))
            : throw Refusals.MalformedBody("The envelope must have all of producer, epoch and sequence, or none of them.");
    }

    private static QueuedContent ContentOf(EnvelopeMembers members)
    {
        JsonElement? events = EnvelopeFormat.Events.Read(members);
        JsonElement? item = EnvelopeFormat.CloudEvent.Read(members);
        int? claim = (int?)EnvelopeFormat.Claim.Read(members);
        int given = (events is null ? 0 : 1) + (item is null ? 0 : 1) + (claim is null ? 0 : 1);
        return given == 1 ? new QueuedContent(events, item, claim, EnvelopeFormat.Token.Read(members) is { } token ? HexOf(token) : null)
            : throw Refusals.MalformedBody("The envelope must have exactly one of events, cloudEvent and claim.");
    }

    private static string HexOf(UInt128 bits) => bits.ToString("x32", CultureInfo.InvariantCulture);
}
