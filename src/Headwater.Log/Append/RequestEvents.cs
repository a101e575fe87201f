using System.Text.Json;
using Headwater.Contracts.Errors;
using Headwater.Core.Partitioning;
using Headwater.Core.Positions;
using Headwater.Log.Model;

namespace Headwater.Log.Append;

/// <summary>Where an event goes and what it is called; the value is given beside it.</summary>
/// <param name="Key">Null: unkeyed.</param>
/// <param name="Headers">Names are unique.</param>
/// <param name="Time">When it happened, if the producer said so.</param>
public readonly record struct EventAttributes(string? Key, IReadOnlyList<KeyValuePair<string, string>> Headers, UnixMicros? Time);

/// <summary>
/// The events of one request, checked against limits and schema and encoded once, split by partition. Collects faults instead of throwing so that one
/// answer names them all;
/// <see cref="EventLog.AppendAsync"/> refuses a request with any. Holds pooled buffers: dispose it after the append.
/// </summary>
public sealed class RequestEvents : IDisposable
{
    private readonly StreamDescription _stream;

    private readonly PartitionId? _target;

    private readonly PartitionId _unkeyed;

    private readonly SortedDictionary<PartitionId, PartitionShare> _shares = [];

    private readonly List<EventFault> _faults = [];

    private RequestEvents(StreamDescription stream, PartitionId? target, PartitionId unkeyed)
    {
        _stream = stream;
        _target = target;
        _unkeyed = unkeyed;
    }

    /// <summary>Events added, faulty ones included; the index of the next one.</summary>
    public int Count { get; private set; }

    /// <summary>The first <see cref="Limits.FaultsReported"/> faults.</summary>
    public IReadOnlyList<EventFault> Faults => _faults;

    /// <summary>The partitions touched, in order; only meaningful without faults.</summary>
    public IEnumerable<PartitionId> Partitions => _shares.Keys;

    /// <summary>By partition, in order; only meaningful without faults.</summary>
    internal IReadOnlyCollection<PartitionShare> Shares => _shares.Values;

    /// <param name="stream">Whose schema and partitions apply.</param>
    /// <param name="target">Null: by key; unkeyed events share one partition. Otherwise only events that belong to this partition (unkeyed ones go
    /// there).</param>
    /// <param name="unkeyed">Picks the partition of unkeyed events: the id of a sequenced producer, else the Idempotency-Key, so that a repeat finds
    /// the first; null for any.</param>
    /// <param name="randomness">Picks when nothing else does.</param>
    /// <exception cref="HeadwaterException">PartitionNotFound.</exception>
    public static RequestEvents For(StreamDescription stream, PartitionId? target, string? unkeyed, Ports.Randomness randomness)
    {
        if (target is { } named)
        {
            stream.RequirePartition(named);
        }

        PartitionId shared = target
            ?? (unkeyed is not null ? KeyPartitioner.For(unkeyed, stream.Partitions) : new PartitionId((int)(randomness.NextFraction() * stream.Partitions)));
        return new RequestEvents(stream, target, shared);
    }

    /// <summary>
    /// Adds an event whose value is JSON; <see cref="JsonValueKind.Null"/> is a tombstone. Without a schema its UTF-8 text is stored with
    /// <see cref="JsonMark"/>.
    /// </summary>
    /// <exception cref="HeadwaterException">TooManyEvents, EventTooLarge, BodyTooLarge.</exception>
    public void AddJson(in EventAttributes attributes, JsonElement value)
    {
        bool isNull = value.ValueKind == JsonValueKind.Null;
        if (Begin(attributes, isNull, isJson: true) is not { } share)
        {
            return;
        }

        if (isNull)
        {
            _stream.Schema.WriteNull(share.Events.Value);
        }
        else if (_stream.Schema.TryWriteJson(value, share.Events.Value) is { } mismatch)
        {
            share.Events.Abandon();
            Fault("/value" + mismatch.Pointer, mismatch.Message);
            return;
        }

        End(share);
    }

    /// <summary>
    /// Adds an event whose value is the Avro encoding of the stream's value union (branch index included), e.g. out of a container file; checked by
    /// the caller.
    /// </summary>
    /// <param name="attributes">Beside the value.</param>
    /// <param name="unionValue">Branch index and value.</param>
    /// <param name="isJson">Whether the file marks the value as JSON with <see cref="JsonMark"/>.</param>
    /// <exception cref="HeadwaterException">TooManyEvents, EventTooLarge, BodyTooLarge.</exception>
    public void AddAvro(in EventAttributes attributes, ReadOnlySpan<byte> unionValue, bool isJson)
    {
        if (Begin(attributes, isNull: unionValue is [0], isJson) is { } share)
        {
            System.Buffers.BuffersExtensions.Write(share.Events.Value, unionValue);
            End(share);
        }
    }

    /// <summary>Adds an event of raw bytes, for streams without a schema (a fault on others).</summary>
    /// <exception cref="HeadwaterException">TooManyEvents, EventTooLarge, BodyTooLarge.</exception>
    public void AddBytes(in EventAttributes attributes, ReadOnlySpan<byte> value)
    {
        if (_stream.Settings.Schema is not null)
        {
            AddFault("/value", "the stream has a schema; raw bytes do not fit it");
        }
        else if (Begin(attributes, isNull: false, isJson: false) is { } share)
        {
            _stream.Schema.WriteBytes(value, share.Events.Value);
            End(share);
        }
    }

    /// <summary>Records a fault found before the value could be looked at (unknown member, wrong type); counts as one event.</summary>
    /// <exception cref="HeadwaterException">TooManyEvents.</exception>
    public void AddFault(string pointer, string message)
    {
        RequireRoom();
        Fault(pointer, message);
    }

    public void Dispose()
    {
        foreach (PartitionShare share in _shares.Values)
        {
            share.Events.Dispose();
        }

        _shares.Clear();
    }

    /// <summary>The share the event goes to, its value still to be written; null if it is at fault.</summary>
    private PartitionShare? Begin(in EventAttributes attributes, bool isNull, bool isJson)
    {
        RequireRoom();
        if (FaultOf(attributes, isNull) is { } fault)
        {
            Fault(fault.Pointer, fault.Message);
            return null;
        }

        PartitionId partition = attributes.Key is { } key ? KeyPartitioner.For(key, _stream.Partitions) : _unkeyed;
        if (_target is { } target && partition != target)
        {
            Fault("/key", $"the key belongs to partition {partition}, not {target}; post it to the stream or to that partition");
            return null;
        }

        if (!_shares.TryGetValue(partition, out PartitionShare? share))
        {
            share = new PartitionShare(partition);
            _shares.Add(partition, share);
        }

        // After the checks: the mark is not the producer's header and does not count towards the producer's limits.
        bool isMarked = isJson && !isNull && _stream.Settings.Schema is null;
        share.Events.Begin(attributes.Time, attributes.Key, isMarked ? [.. attributes.Headers, JsonMark.Header] : attributes.Headers);
        return share;
    }

    private (string Pointer, string Message)? FaultOf(in EventAttributes attributes, bool isNull)
    {
        if (attributes.Key is { } key && EventLimits.FaultOfKey(key) is { } keyFault)
        {
            return ("/key", keyFault);
        }

        if (attributes.Key is null && _stream.Settings.Kind == StreamKind.Entity)
        {
            return ("/key", "an entity stream needs a key on every event");
        }

        if (EventLimits.FaultOfHeaders(attributes.Headers) is { } headerFault)
        {
            return ("/headers", headerFault);
        }

        bool takesNull = _stream.Settings.Kind == StreamKind.Entity || _stream.Settings.Schema is null || _stream.Schema.AcceptsNull;
        return isNull && !takesNull ? ("/value", "null does not fit the schema; only entity streams take tombstones") : null;
    }

    private void End(PartitionShare share)
    {
        share.Events.End();
        int bytes = share.Events.BytesOf(share.Events.Count - 1);
        if (bytes > Limits.EventBytes)
        {
            throw new HeadwaterException(ErrorCode.EventTooLarge, $"Event {Count} is {bytes} bytes encoded; the limit is {Limits.EventBytes}. Store large content elsewhere and publish a link.")
            {
                Facts = new EventIndexFacts(Count),
            };
        }

        if (share.Events.Bytes > Limits.BatchBytes)
        {
            throw new HeadwaterException(ErrorCode.BodyTooLarge, $"The events for partition {share.Partition} are over {Limits.BatchBytes} bytes encoded; send fewer in one request.");
        }

        share.Indexes.Add(Count);
        Count++;
    }

    private void Fault(string pointer, string message)
    {
        if (_faults.Count < Limits.FaultsReported)
        {
            _faults.Add(new EventFault(Count, pointer, message));
        }

        Count++;
    }

    private void RequireRoom()
    {
        if (Count >= Limits.EventsPerRequest)
        {
            throw new HeadwaterException(ErrorCode.TooManyEvents, $"A request takes at most {Limits.EventsPerRequest} events; send the rest in another.");
        }
    }
}
