using Headwater.Contracts.Headers;
using Headwater.Contracts.Media;
using Headwater.Http.Routing;
using static Headwater.Contracts.Errors.ErrorCode;

namespace Headwater.Http.OpenApi;

/// <summary>The requests and responses of the routes for streams, events and the service.</summary>
internal static class RouteContracts
{
    private static readonly Content Stream = new(MediaTypes.Json, "Stream");

    public static RouteContract ListStreams { get; } = new()
    {
        Id = "listStreams",
        Tag = "streams",
        Parameters = ["streamsLimit", "after"],
        Answers = [new(200, "Streams in name order.", new Content(MediaTypes.Json, "StreamList")) { Headers = ["Link"] }],
    };

    public static RouteContract PutStream { get; } = new()
    {
        Id = "putStream",
        Tag = "streams",
        HasStrongTag = true,
        Parameters = ["If-Match", "If-None-Match"],
        Bodies = [new(MediaTypes.Json, "StreamSettings")],
        Answers =
        [
            new(200, "An equal stream exists.", Stream) { Headers = ["ETag"] },
            new(201, "The stream is created.", Stream) { Headers = ["ETag", "Location"] },
        ],
        Errors =
        [
            InvalidName, ReservedName, MalformedBody, UnknownMember, BodyTooLarge, UnsupportedMediaType, SchemaInvalid, StreamDiffers, StreamDeleting,
            ServiceFull,
        ],
    };

    public static RouteContract GetStream { get; } = new()
    {
        Id = "getStream",
        Tag = "streams",
        Parameters = ["If-None-Match"],
        Answers = [new(200, "The stream.", Stream) { Headers = ["ETag"] }, new(304, "Not changed since the ETag.")],
        Errors = [InvalidName, ReservedName, StreamNotFound],
    };

    public static RouteContract PatchStream { get; } = new()
    {
        Id = "patchStream",
        Tag = "streams",
        HasStrongTag = true,
        Parameters = ["If-Match", "If-None-Match"],
        Bodies = [new(MediaTypes.Json, "StreamChange"), new(MediaTypes.MergePatch, "StreamChange")],
        Answers = [new(200, "The changed stream.", Stream) { Headers = ["ETag"] }],
        Errors = [InvalidName, ReservedName, MalformedBody, UnknownMember, BodyTooLarge, UnsupportedMediaType, StreamNotFound, StreamDeleting, StreamChanged],
    };

    public static RouteContract DeleteStream { get; } = new()
    {
        Id = "deleteStream",
        Tag = "streams",
        HasStrongTag = true,
        Parameters = ["If-Match", "If-None-Match"],
        Answers = [new(204, "The stream and all its events are deleted. A stream created later under the name is empty.")],
        Errors = [InvalidName, ReservedName, StreamNotFound],
    };

    public static RouteContract Append { get; } = new()
    {
        Id = "appendEvents",
        Tag = "events",
        Appends = true,
        Parameters =
        [
            HeaderNames.IdempotencyKey,
            HeaderNames.ProducerId,
            HeaderNames.ProducerEpoch,
            HeaderNames.ProducerSequence,
            HeaderNames.IfOffset,
            HeaderNames.Prefer,
            HeaderNames.StreamId,
            "Content-Encoding",
        ],
        Bodies =
        [
            new(MediaTypes.Json, "EventsIn"),
            new(MediaTypes.NdJson, "NdJsonIn"),
            new(MediaTypes.CloudEvent, "CloudEvent"),
            new(MediaTypes.CloudEventBatch, "CloudEvents"),
            new(MediaTypes.Avro, "AvroFile"),
            new(MediaTypes.AvroBinary, "AvroFile"),
        ],
        Answers =
        [
            new(200, "All events are stored and visible to every reader.", new Content(MediaTypes.Json, "Appended"))
            {
                Headers = [HeaderNames.IdempotentReplay, HeaderNames.PreferenceApplied, HeaderNames.StreamId],
            },
            new(
                202,
                "Only with Prefer: respond-async: the events are valid and queued. Location gives their state.",
                new Content(MediaTypes.Json, "AppendAccepted"))
            {
                Headers = ["Location", HeaderNames.PreferenceApplied, "Retry-After", HeaderNames.StreamId],
            },
        ],
        Errors =
        [
            InvalidName, ReservedName, MalformedBody, UnknownMember, EmptyBatch, StreamNotFound, StreamDeleting, StreamChanged, StreamReplaced,
            ProducerNotStarted, SequenceGap, StaleEpoch, EpochForgotten, OffsetMismatch, BodyTooLarge, EventTooLarge, TooManyEvents, UnsupportedMediaType,
            EventInvalid, IdempotencyKeyReused, SequenceReused, WrongPartition, Overloaded, AppendIncomplete, AppendPartial, AppendUnknown,
        ],
    };

    public static RouteContract AppendToPartition { get; } = Append with { Id = "appendToPartition", Errors = [.. Append.Errors, PartitionNotFound] };

    public static RouteContract StartProducer { get; } = new()
    {
        Id = "startProducer",
        Tag = "events",
        Answers = [new(200, "The producer's new epoch, and its next sequence number in each partition.", new Content(MediaTypes.Json, "ProducerStart"))],
        Errors = [InvalidName, ReservedName, StreamNotFound, StreamDeleting, StreamChanged],
    };

    public static RouteContract ListPartitions { get; } = new()
    {
        Id = "listPartitions",
        Tag = "events",
        Parameters = [HeaderNames.StreamId],
        Answers =
        [
            new(200, "Every partition's first and next offset.", new Content(MediaTypes.Json, "PartitionList")) { Headers = [HeaderNames.StreamId] },
        ],
        Errors = [InvalidName, ReservedName, StreamNotFound, StreamReplaced],
    };

    public static RouteContract ReadEvents { get; } = new()
    {
        Id = "readEvents",
        Tag = "events",
        Parameters = ["offset", "time", "limit", "maxBytes", "wait", "verify", "If-None-Match", HeaderNames.StreamId],
        Answers =
        [
            new(
                200,
                "Events in offset order; none at the log end.",
                new Content(MediaTypes.Json, "EventPage"),
                new Content(MediaTypes.NdJson, "NdJsonOut"),
                new Content(MediaTypes.CloudEventBatch, "CloudEvents"),
                new Content(MediaTypes.Avro, "AvroFile"))
            {
                Headers =
                [
                    HeaderNames.NextOffset, HeaderNames.LogStartOffset, HeaderNames.LogEndOffset, HeaderNames.FirstOffset, "ETag", "Retry-After",
                    HeaderNames.StreamId,
                ],
            },
            new(304, "There are still no events at the offset.")
            {
                Headers = [HeaderNames.NextOffset, HeaderNames.LogStartOffset, HeaderNames.LogEndOffset, "ETag", "Retry-After", HeaderNames.StreamId],
            },
        ],
        Errors =
        [
            InvalidName, ReservedName, StreamNotFound, StreamReplaced, PartitionNotFound, NotAcceptable, OffsetBelowStart, OffsetBeyondEnd, Overloaded,
            CorruptSegment,
        ],
    };

    public static RouteContract ReadStreamEvents { get; } = new()
    {
        Id = "readStreamEvents",
        Tag = "events",
        Parameters = ["cursor", "partitions", "streamOffset", "time", "limit", "maxBytes", "wait", HeaderNames.StreamId],
        Answers =
        [
            new(
                200,
                "Events of the partitions, each partition's in offset order; none at the log end.",
                new Content(MediaTypes.Json, "StreamPage"),
                new Content(MediaTypes.NdJson, "PartitionNdJsonOut"))
            {
                Headers = [HeaderNames.NextCursor, HeaderNames.StreamId, "Retry-After"],
            },
        ],
        Errors = ReadEvents.Errors,
    };

    public static RouteContract ListSegments { get; } = new()
    {
        Id = "listSegments",
        Tag = "events",
        Parameters = ["segmentPartition", "segmentOffset", "segmentsLimit", "segmentsAfter", HeaderNames.StreamId],
        Answers =
        [
            new(200, "Live segments with URLs for direct reads.", new Content(MediaTypes.Json, "SegmentList")) { Headers = ["Link", HeaderNames.StreamId] },
        ],
        Errors = [InvalidName, ReservedName, StreamNotFound, StreamReplaced, PartitionNotFound],
    };

    public static RouteContract Health { get; } = new()
    {
        Id = "getHealth",
        Tag = "service",
        Answers = [new(200, "The service is running, whether or not storage is.", new Content(MediaTypes.Json, "Health"))],
    };

    public static RouteContract Ready { get; } = new()
    {
        Id = "getReady",
        Tag = "service",
        Answers = [new(200, "Blobs, tables and queues answer. Up to 5 seconds old.", new Content(MediaTypes.Json, "Ready"))],
    };

    public static RouteContract Document { get; } = new()
    {
        Id = "getDocument",
        Tag = "service",
        Answers = [new(200, "This document.", new Content(MediaTypes.Json, "OpenApi"))],
    };
}
