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
            Description = "The greatest number of messages.",
            Minimum = 1,
            Maximum = 1000,
            Default = 100,
        },
        ["ref"] = new("ref", "query", ParameterType.Text) { Description = "Only this message.", Pattern = "^[0-9a-f]{32}$" },
        ["group"] = new("group", "path", ParameterType.Text) { Pattern = "^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$" },
        ["member"] = new("member", "path", ParameterType.Text) { Pattern = "^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$" },
        ["groupsLimit"] = new("limit", "query", ParameterType.Int) { Minimum = 1, Maximum = 1000, Default = 100 },
        ["groupsAfter"] = new("after", "query", ParameterType.Text) { Description = "Groups with greater names." },
        ["memberGeneration"] = new("generation", "query", ParameterType.Long)
        {
            Description = "From the last answer: then a process that has the id by now does not lose it.",
        },
        ["streamsLimit"] = new("limit", "query", ParameterType.Int) { Minimum = 1, Maximum = 1000, Default = 100 },
        ["after"] = new("after", "query", ParameterType.Text) { Description = "What comes after this name or ref." },
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
            Description = "A repeat with the same key and events is answered as the first one was, and stores nothing twice.",
            MinLength = 1,
            MaxLength = 255,
        },
        [HeaderNames.ProducerId] = new(HeaderNames.ProducerId, "header", ParameterType.Text) { Description = "With Producer-Epoch and Producer-Sequence." },
        [HeaderNames.ProducerEpoch] = new(HeaderNames.ProducerEpoch, "header", ParameterType.Int) { Minimum = 1 },
        [HeaderNames.ProducerSequence] = new(HeaderNames.ProducerSequence, "header", ParameterType.Long) { Minimum = 0 },
        [HeaderNames.IfOffset] = new(HeaderNames.IfOffset, "header", ParameterType.Long)
        {
            Description = "Append only if this is the log end offset of the one partition touched.",
            Minimum = 0,
        },
        [HeaderNames.Prefer] = new(HeaderNames.Prefer, "header", ParameterType.Text)
        {
            Description = "return=representation: answer every event's offset. respond-async: take the events for later, answered 202.",
        },
        ["Content-Encoding"] = new("Content-Encoding", "header", ParameterType.Text) { Names = ["gzip", "identity"] },
        ["offset"] = new("offset", "query", ParameterType.Text) { Description = "Where to begin: a number, earliest or latest.", Default = "earliest" },
        ["time"] = new("time", "query", ParameterType.Text)
        {
            Description = "Begin with the first event appended at or after this time: ISO 8601 with an offset, or microseconds since 1970-01-01T00:00:00Z.",
        },
        ["limit"] = new("limit", "query", ParameterType.Int) { Description = "Events.", Minimum = 1, Maximum = 10000, Default = 1000 },
        ["maxBytes"] = new("maxBytes", "query", ParameterType.Int)
        {
            Description = "Stored bytes; one event is answered whatever its size.",
            Minimum = 1,
            Maximum = 33554432,
            Default = 4194304,
        },
        ["wait"] = new("wait", "query", ParameterType.Text)
        {
            Description = "How long to wait at the log's end for an event to come: ISO 8601 or seconds, at most 30.",
            Default = "PT0S",
        },
        ["segmentPartition"] = new("partition", "query", ParameterType.Int) { Minimum = 0 },
        ["segmentOffset"] = new("offset", "query", ParameterType.Long) { Description = "With partition: from the segment that holds it on.", Minimum = 0 },
    };

    /// <summary>Headers of answers.</summary>
    public static IReadOnlyDictionary<string, Parameter> AnswerHeaders { get; } = new Dictionary<string, Parameter>
    {
        ["ETag"] = new("ETag", "header", ParameterType.Text),
        ["Location"] = new("Location", "header", ParameterType.Text),
        ["Link"] = new("Link", "header", ParameterType.Text) { Description = "rel=next: the next page." },
        [HeaderNames.IdempotentReplay] = new(HeaderNames.IdempotentReplay, "header", ParameterType.Text)
        {
            Description = "true: an earlier, equal request had stored the events.",
            Names = ["true"],
        },
        ["Retry-After"] = new("Retry-After", "header", ParameterType.Int) { Description = "Seconds to wait before asking again." },
        [HeaderNames.PreferenceApplied] = new(HeaderNames.PreferenceApplied, "header", ParameterType.Text),
        [HeaderNames.NextOffset] = new(HeaderNames.NextOffset, "header", ParameterType.Long) { Description = "Where the next read begins." },
        [HeaderNames.LogStartOffset] = new(HeaderNames.LogStartOffset, "header", ParameterType.Long) { Description = "First offset still there." },
        [HeaderNames.LogEndOffset] = new(HeaderNames.LogEndOffset, "header", ParameterType.Long)
        {
            Description = "Next offset to be assigned; may lag unless nothing was delivered.",
        },
        [HeaderNames.FirstOffset] = new(HeaderNames.FirstOffset, "header", ParameterType.Long) { Description = "Of an Avro file: its first event's offset." },
    };
}
