using Headwater.Contracts.Media;
using Headwater.Http.Routing;
using static Headwater.Contracts.Errors.ErrorCode;

namespace Headwater.Http.OpenApi;

/// <summary>What each route takes and answers.</summary>
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
            new(200, "The same stream was there already.", Stream) { Headers = ["ETag"] },
            new(201, "Created.", Stream) { Headers = ["ETag", "Location"] },
        ],
        Errors = [InvalidName, ReservedName, MalformedBody, UnknownMember, BodyTooLarge, UnsupportedMediaType, SchemaInvalid, StreamDiffers, StreamDeleting],
    };

    public static RouteContract GetStream { get; } = new()
    {
        Id = "getStream",
        Tag = "streams",
        Parameters = ["If-None-Match"],
        Answers = [new(200, "The stream as it stands.", Stream) { Headers = ["ETag"] }, new(304, "As the caller has it.")],
        Errors = [InvalidName, ReservedName, StreamNotFound],
    };

    public static RouteContract PatchStream { get; } = new()
    {
        Id = "patchStream",
        Tag = "streams",
        HasStrongTag = true,
        Parameters = ["If-Match", "If-None-Match"],
        Bodies = [new(MediaTypes.Json, "StreamChange"), new(MediaTypes.MergePatch, "StreamChange")],
        Answers = [new(200, "The stream as it stands now.", Stream) { Headers = ["ETag"] }],
        Errors = [InvalidName, ReservedName, MalformedBody, UnknownMember, BodyTooLarge, UnsupportedMediaType, StreamNotFound, StreamDeleting, StreamChanged],
    };

    public static RouteContract DeleteStream { get; } = new()
    {
        Id = "deleteStream",
        Tag = "streams",
        HasStrongTag = true,
        Parameters = ["If-Match", "If-None-Match"],
        Answers = [new(204, "Deleted with all its events; a stream created under the name later begins empty.")],
        Errors = [InvalidName, ReservedName, StreamNotFound],
    };

    public static RouteContract Append { get; } = new()
    {
        Id = "appendEvents",
        Tag = "events",
        Appends = true,
        Parameters = ["Idempotency-Key", "Producer-Id", "Producer-Epoch", "Producer-Sequence", "If-Offset", "Prefer", "Content-Encoding"],
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
            new(200, "All events are stored and readable by everyone.", new Content(MediaTypes.Json, "Appended"))
            {
                Headers = ["Idempotent-Replay", "Preference-Applied"],
            },
            new(
                202,
                "With Prefer: respond-async: the events fit and are on a queue; what becomes of them is told at Location.",
                new Content(MediaTypes.Json, "AppendAccepted"))
            {
                Headers = ["Location", "Preference-Applied", "Retry-After"],
            },
        ],
        Errors =
        [
            InvalidName, ReservedName, MalformedBody, UnknownMember, EmptyBatch, StreamNotFound, StreamDeleting, StreamChanged, ProducerNotStarted,
            SequenceGap, StaleEpoch, OffsetMismatch, BodyTooLarge, EventTooLarge, TooManyEvents, UnsupportedMediaType, EventInvalid,
            IdempotencyKeyReused, WrongPartition, Overloaded, AppendPartial, AppendUnknown,
        ],
    };

    public static RouteContract AppendToPartition { get; } = Append with { Id = "appendToPartition", Errors = [.. Append.Errors, PartitionNotFound] };

    public static RouteContract StartProducer { get; } = new()
    {
        Id = "startProducer",
        Tag = "events",
        Answers = [new(200, "The producer's epoch from now on, and where its sequences go on.", new Content(MediaTypes.Json, "ProducerStart"))],
        Errors = [InvalidName, ReservedName, StreamNotFound, StreamDeleting, StreamChanged],
    };

    public static RouteContract ListPartitions { get; } = new()
    {
        Id = "listPartitions",
        Tag = "events",
        Answers = [new(200, "Where every partition begins and ends now.", new Content(MediaTypes.Json, "PartitionList"))],
        Errors = [InvalidName, ReservedName, StreamNotFound],
    };

    public static RouteContract ReadEvents { get; } = new()
    {
        Id = "readEvents",
        Tag = "events",
        Parameters = ["offset", "time", "limit", "maxBytes", "wait", "If-None-Match"],
        Answers =
        [
            new(
                200,
                "Events in offset order; none at the log's end.",
                new Content(MediaTypes.Json, "EventPage"),
                new Content(MediaTypes.NdJson, "NdJsonOut"),
                new Content(MediaTypes.CloudEventBatch, "CloudEvents"),
                new Content(MediaTypes.Avro, "AvroFile"))
            {
                Headers = ["Next-Offset", "Log-Start-Offset", "Log-End-Offset", "First-Offset", "ETag"],
            },
            new(304, "There are still no events.") { Headers = ["Next-Offset", "Log-Start-Offset", "Log-End-Offset", "ETag"] },
        ],
        Errors = [InvalidName, ReservedName, StreamNotFound, PartitionNotFound, NotAcceptable, OffsetBelowStart, OffsetBeyondEnd, CorruptSegment],
    };

    public static RouteContract ListSegments { get; } = new()
    {
        Id = "listSegments",
        Tag = "events",
        Parameters = ["segmentPartition", "segmentOffset"],
        Answers = [new(200, "Live segments with URLs that read them.", new Content(MediaTypes.Json, "SegmentList"))],
        Errors = [InvalidName, ReservedName, StreamNotFound, PartitionNotFound],
    };

    public static RouteContract Health { get; } = new()
    {
        Id = "getHealth",
        Tag = "service",
        Answers = [new(200, "The service answers.", new Content(MediaTypes.Json, "Health"))],
    };

    public static RouteContract Document { get; } = new()
    {
        Id = "getDocument",
        Tag = "service",
        Answers = [new(200, "This document.", new Content(MediaTypes.Json, "OpenApi"))],
    };
}
