using Headwater.Contracts.Headers;

namespace Headwater.Http.OpenApi;

/// <summary>Parameters of routes, and headers of answers.</summary>
internal static class Parameters
{
    /// <summary>By the names that <see cref="Routing.RouteContract"/> gives them.</summary>
    public static IReadOnlyDictionary<string, Parameter> All { get; } = new Dictionary<string, Parameter>
    {
        ["stream"] = new("stream", "path", ParameterType.Text) { Pattern = "^[a-z0-9][a-z0-9._-]{0,127}$" },
        ["partition"] = new("partition", "path", ParameterType.Int) { Minimum = 0 },
        ["producer"] = new("producer", "path", ParameterType.Text),
        ["id"] = new("id", "path", ParameterType.Text) { Pattern = "^[0-9a-f]{32}$" },
        ["poisonLimit"] = new("limit", "query", ParameterType.Int) { Minimum = 1, Maximum = 1000, Default = 100 },
        ["redriveLimit"] = new("limit", "query", ParameterType.Int)
        {
            Description = "The maximum number of messages to put back.",
            Minimum = 1,
            Maximum = 1000,
            Default = 100,
        },
        ["redriveRef"] = new("ref", "query", ParameterType.Text) { Description = "Only this message.", Pattern = "^[0-9a-f]{32}$" },
        ["redriveForce"] = new("force", "query", ParameterType.Text)
        {
            Description = "true: append the batches without searching the log for them first. For messages with code key_forgotten, "
                + "after you have read the partition.",
            Names = ["true", "false"],
            Default = "false",
        },
        ["ref"] = new("ref", "path", ParameterType.Text) { Description = "From GET /appends/poison.", Pattern = "^[0-9a-f]{32}$" },
        ["group"] = new("group", "path", ParameterType.Text) { Pattern = "^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$" },
        ["member"] = new("member", "path", ParameterType.Text) { Pattern = "^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$" },
        ["groupsLimit"] = new("limit", "query", ParameterType.Int) { Minimum = 1, Maximum = 1000, Default = 100 },
        ["groupsAfter"] = new("after", "query", ParameterType.Text) { Description = "Only groups whose names sort after this." },
        ["memberGeneration"] = new("generation", "query", ParameterType.Long)
        {
            Description = "The generation of the last answer. Without it, another process that has joined under the id is removed.",
        },
        ["forceDelete"] = new("force", "query", ParameterType.Text)
        {
            Description = "true: delete the group even if it has live members. They keep working until their next heartbeat.",
            Names = ["true", "false"],
            Default = "false",
        },
        ["streamsLimit"] = new("limit", "query", ParameterType.Int) { Minimum = 1, Maximum = 1000, Default = 100 },
        ["after"] = new("after", "query", ParameterType.Text) { Description = "Only entries after this name or ref: next of the previous page." },
        ["If-Match"] = new("If-Match", "header", ParameterType.Text)
        {
            Description = "Performs the request only if one of these tags, or any for *, is the current ETag.",
        },
        ["If-None-Match"] = new("If-None-Match", "header", ParameterType.Text)
        {
            Description = "Performs the request only if none of these tags, or none at all for *, is the current ETag. A read is answered 304 otherwise.",
        },
        [HeaderNames.IdempotencyKey] = new(HeaderNames.IdempotencyKey, "header", ParameterType.Text)
        {
            Description = "A repeat with the same key and events gets the first answer and stores nothing twice.",
            MinLength = 1,
            MaxLength = 255,
        },
        [HeaderNames.ProducerId] = new(HeaderNames.ProducerId, "header", ParameterType.Text)
        {
            Description = "Send it together with Producer-Epoch and Producer-Sequence.",
        },
        [HeaderNames.ProducerEpoch] = new(HeaderNames.ProducerEpoch, "header", ParameterType.Int) { Minimum = 1 },
        [HeaderNames.ProducerSequence] = new(HeaderNames.ProducerSequence, "header", ParameterType.Long) { Minimum = 0 },
        [HeaderNames.IfOffset] = new(HeaderNames.IfOffset, "header", ParameterType.Long)
        {
            Description = "Appends only if this is the log end offset of the one partition that the request touches.",
            Minimum = 0,
        },
        [HeaderNames.Prefer] = new(HeaderNames.Prefer, "header", ParameterType.Text)
        {
            Description = "return=representation: the answer has every event's offset. respond-async: the events are queued, and the answer is 202.",
        },
        ["Content-Encoding"] = new("Content-Encoding", "header", ParameterType.Text) { Names = ["gzip", "identity"] },
        ["offset"] = new("offset", "query", ParameterType.Text)
        {
            Description = "The first offset to read: a number, earliest or latest.",
            Default = "earliest",
        },
        ["partitions"] = new("partitions", "query", ParameterType.Text)
        {
            Description = "The partitions to read, as 0,2-5; all if absent. A partition may have a first offset: 0:120,3:7. Not together with cursor.",
        },
        ["cursor"] = new("cursor", "query", ParameterType.Text)
        {
            Description = "The cursor of the page before. It says which partitions are read, and where each begins.",
        },
        ["streamOffset"] = new("offset", "query", ParameterType.Text)
        {
            Description = "Where partitions without an offset of their own begin, without a cursor.",
            Names = ["earliest", "latest"],
            Default = "earliest",
        },
        [HeaderNames.StreamId] = new(HeaderNames.StreamId, "header", ParameterType.Text)
        {
            Description = "The id of the stream that the request means. If the stream was deleted and created again, the request is refused.",
        },
        ["time"] = new("time", "query", ParameterType.Text)
        {
            Description = "Instead of offset. Starts at the first event appended at or after this time: "
                + "ISO 8601 with an offset, or microseconds since 1970-01-01T00:00:00Z.",
        },
        ["limit"] = new("limit", "query", ParameterType.Int) { Description = "The maximum number of events.", Minimum = 1, Maximum = 10000, Default = 1000 },
        ["maxBytes"] = new("maxBytes", "query", ParameterType.Int)
        {
            Description = "The maximum number of bytes: decompressed for JSON forms, stored for Avro. One block is answered even if it is larger.",
            Minimum = 1,
            Maximum = 33554432,
            Default = 4194304,
        },
        ["wait"] = new("wait", "query", ParameterType.Text)
        {
            Description = "How long to wait at the log end for a new event: ISO 8601 or seconds, at most 30 seconds.",
            Default = "PT0S",
        },
        ["verify"] = new("verify", "query", ParameterType.Text)
        {
            Description = "true: check the checksum of every block of an Avro answer. The other formats are always checked.",
            Names = ["true", "false"],
            Default = "false",
        },
        ["segmentsLimit"] = new("limit", "query", ParameterType.Int) { Minimum = 1, Maximum = 1000, Default = 1000 },
        ["segmentsAfter"] = new("after", "query", ParameterType.Text) { Description = "Only segments after this: next of the previous page." },
        ["segmentPartition"] = new("partition", "query", ParameterType.Int) { Minimum = 0 },
        ["segmentOffset"] = new("offset", "query", ParameterType.Long)
        {
            Description = "Only with partition: starts at the segment that contains this offset.",
            Minimum = 0,
        },
    };

    /// <summary>Headers of answers.</summary>
    public static IReadOnlyDictionary<string, Parameter> AnswerHeaders { get; } = new Dictionary<string, Parameter>
    {
        ["ETag"] = new("ETag", "header", ParameterType.Text),
        [HeaderNames.StreamId] = new(HeaderNames.StreamId, "header", ParameterType.Text) { Description = "The stream's id." },
        [HeaderNames.NextCursor] = new(HeaderNames.NextCursor, "header", ParameterType.Text)
        {
            Description = "Continues after this page: the parameter cursor of the next read.",
        },
        ["Location"] = new("Location", "header", ParameterType.Text),
        ["Link"] = new("Link", "header", ParameterType.Text) { Description = "The URL of the next page, with rel=next; absent on the last page." },
        [HeaderNames.IdempotentReplay] = new(HeaderNames.IdempotentReplay, "header", ParameterType.Text)
        {
            Description = "true: an earlier, equal request had stored the events.",
            Names = ["true"],
        },
        ["Retry-After"] = new("Retry-After", "header", ParameterType.Int) { Description = "The number of seconds to wait before the next request." },
        [HeaderNames.PreferenceApplied] = new(HeaderNames.PreferenceApplied, "header", ParameterType.Text),
        [HeaderNames.NextOffset] = new(HeaderNames.NextOffset, "header", ParameterType.Long) { Description = "The offset at which the next read starts." },
        [HeaderNames.LogStartOffset] = new(HeaderNames.LogStartOffset, "header", ParameterType.Long) { Description = "The first offset that can be read." },
        [HeaderNames.LogEndOffset] = new(HeaderNames.LogEndOffset, "header", ParameterType.Long)
        {
            Description = "The next offset to be assigned. If the answer has events, the value may be out of date.",
        },
        [HeaderNames.FirstOffset] = new(HeaderNames.FirstOffset, "header", ParameterType.Long)
        {
            Description = "The offset of the first event in an Avro file.",
        },
    };
}
