using System.Text.Json;
using Headwater.Core.Positions;
using Headwater.Log.Errors;
using Headwater.Log.Streams;

namespace Headwater.Log.Appending;

/// <summary>Where an event goes and what it is called; the value is given beside it.</summary>
/// <param name="Key">Null: unkeyed.</param>
/// <param name="Headers">Names are unique.</param>
/// <param name="Time">When it happened, if the producer said so.</param>
public readonly record struct EventAttributes(string? Key, IReadOnlyList<KeyValuePair<string, string>> Headers, UnixMicros? Time);

/// <summary>
/// The events of one request, checked against limits and schema and encoded once, split by partition. Collects faults instead of throwing so that one answer names them all;
/// <see cref="EventLog.AppendAsync"/> refuses a request with any. Holds pooled buffers: dispose it after the append.
/// </summary>
public sealed partial class RequestEvents : IDisposable
{
    /// <param name="stream">Whose schema and partitions apply.</param>
    /// <param name="target">Null: by key; unkeyed events share one partition. Otherwise only events that belong to this partition (unkeyed ones go there).</param>
    /// <param name="unkeyed">Picks the partition of unkeyed events: the Idempotency-Key if there is one, else null for any.</param>
    public static RequestEvents For(StreamDescription stream, PartitionId? target, string? unkeyed) => throw new NotImplementedException();

    /// <summary>Events added, faulty ones included; the index of the next one.</summary>
    public int Count => throw new NotImplementedException();

    /// <summary>The first <see cref="Limits.FaultsReported"/> faults.</summary>
    public IReadOnlyList<EventFault> Faults => throw new NotImplementedException();

    /// <summary>Adds an event whose value is JSON; <see cref="JsonValueKind.Null"/> is a tombstone. Without a schema its UTF-8 text is stored with header <c>content-type: application/json</c>.</summary>
    public void AddJson(in EventAttributes attributes, JsonElement value) => throw new NotImplementedException();

    /// <summary>Adds an event whose value is the Avro encoding of the stream's value union (branch index included), e.g. out of a container file.</summary>
    public void AddAvro(in EventAttributes attributes, ReadOnlySpan<byte> unionValue) => throw new NotImplementedException();

    /// <summary>Adds an event of raw bytes, for streams without a schema (a fault on others).</summary>
    public void AddBytes(in EventAttributes attributes, ReadOnlySpan<byte> value) => throw new NotImplementedException();

    /// <summary>Records a fault found before the value could be looked at (unknown member, wrong type); counts as one event.</summary>
    public void AddFault(string pointer, string message) => throw new NotImplementedException();

    public void Dispose() => throw new NotImplementedException();
}
