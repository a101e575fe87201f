using System.Globalization;
using System.Text.Json;
using Headwater.Contracts.Errors;
using Headwater.Core.Positions;
using Headwater.Core.Segments;
using Headwater.Log.Model;
using Headwater.Log.Producers;

namespace Headwater.Queues.Messages;

/// <summary>Reads and checks envelopes of version 1, both the app's own and those of other services.</summary>
public static class EnvelopeReader
{
    /// <summary>Reads an envelope of queue <c>appends</c>.</summary>
    /// <exception cref="HeadwaterException">MalformedBody, UnknownMember, WrongPartition.</exception>
    public static QueuedBatch ReadOwn(JsonElement envelope)
    {
        var members = new EnvelopeMembers(envelope, EnvelopeNames.Own);
        UInt128 id = members.Hex(EnvelopeNames.Id) ?? throw Refusals.MalformedBody("The envelope lacks the member id.");
        UInt128? key = members.Hex(EnvelopeNames.Key);
        UInt128? digest = members.Hex(EnvelopeNames.Digest);
        return Read(members) with
        {
            Id = id.ToString("x32", CultureInfo.InvariantCulture),
            Key = new RequestKey(key ?? id),
            HasOwnKey = key is not null,
            Digest = digest is { } known ? new RequestDigest(known) : null,
            PartitionBy = members.Text(EnvelopeNames.PartitionBy),
            FromInbox = members.Flag(EnvelopeNames.Inbox),
            Enqueued = members.Instant(EnvelopeNames.Enqueued),
            Wait = new QueuedWait(
                (int)(members.Number(EnvelopeNames.Attempts, 0, int.MaxValue) ?? 0),
                TimeSpan.FromSeconds(members.Number(EnvelopeNames.Waited, 0, int.MaxValue) ?? 0),
                members.Number(EnvelopeNames.Expected, 0, long.MaxValue)),
            Content = ContentOf(members),
        };
    }

    /// <summary>Reads an envelope of queue <c>inbox</c>. The sender chooses the id; a repeated id is appended once per stream.</summary>
    /// <inheritdoc cref="ReadOwn"/>
    public static QueuedBatch ReadForeign(JsonElement envelope)
    {
        var members = new EnvelopeMembers(envelope, EnvelopeNames.Public);
        RequestKey key = MessageKeys.OfEnvelope(members.Required(EnvelopeNames.Id, 255));
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
        long? version = members.Number(EnvelopeNames.Version, 0, int.MaxValue);
        if (version != EnvelopeWriter.Version)
        {
            throw Refusals.MalformedBody(
                $"The envelope's version is {version?.ToString(CultureInfo.InvariantCulture) ?? "missing"}; this app reads version {EnvelopeWriter.Version}.");
        }

        return new QueuedBatch
        {
            Id = "",
            Key = default,
            Stream = members.Required(EnvelopeNames.Stream, 256),
            StreamId = members.Text(EnvelopeNames.StreamId, 64),
            Partition = (int?)members.Number(EnvelopeNames.Partition, 0, int.MaxValue),
            Producer = ProducerOf(members),
            TraceParent = members.Text(EnvelopeNames.TraceParent),
            TraceState = members.Text(EnvelopeNames.TraceState),
        };
    }

    private static ProducerPosition? ProducerOf(EnvelopeMembers members)
    {
        string? producer = members.Text(EnvelopeNames.Producer, 128);
        long? epoch = members.Number(EnvelopeNames.Epoch, 1, int.MaxValue);
        long? sequence = members.Number(EnvelopeNames.Sequence, 0, long.MaxValue);
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
        JsonElement? events = members.Element(EnvelopeNames.Events, JsonValueKind.Array);
        JsonElement? item = members.Element(EnvelopeNames.CloudEvent, JsonValueKind.Object);
        int? claim = (int?)members.Number(EnvelopeNames.Claim, 1, Limits.BodyBytes);
        int given = (events is null ? 0 : 1) + (item is null ? 0 : 1) + (claim is null ? 0 : 1);
        return given == 1 ? new QueuedContent(events, item, claim)
            : throw Refusals.MalformedBody("The envelope must have exactly one of events, cloudEvent and claim.");
    }
}
