using System.Text.Json;
using Headwater.Contracts.Errors;
using Headwater.Core.Memory;
using Headwater.Core.Partitioning;
using Headwater.Core.Positions;
using Headwater.Core.Segments;
using Headwater.Log.Model;

namespace Headwater.Log.Append;

/// <summary>Everything of an event except its value.</summary>
/// <param name="Key">The key, at most <see cref="Limits.KeyBytes"/> bytes of UTF-8; null for an unkeyed event.</param>
/// <param name="Headers">Names and values; a repeated name is a fault.</param>
/// <param name="Time">When the event happened, as stated by the producer; null if not stated.</param>
public readonly record struct EventAttributes(string? Key, IReadOnlyList<KeyValuePair<string, string>> Headers, UnixMicros? Time);

/// <summary>
/// The events of one request, checked against limits and schema, encoded once, and split by partition. Collects faults instead of throwing, so that one
/// answer names them all. <see cref="EventLog.AppendAsync"/> refuses a request with faults. Holds pooled buffers: dispose it after the append.
/// </summary>
public sealed class RequestEvents : IDisposable
{
    private readonly StreamDescription _stream;

    private readonly PartitionId? _target;

    private readonly PartitionId _unkeyed;

    private readonly SortedDictionary<PartitionId, PartitionShare> _shares = [];

    private readonly List<EventFault> _faults = [];

    private readonly IMemoryBudget? _budget;

    private readonly List<IDisposable> _held = [];

    private readonly BoundedValue _value = new();

    private RequestEvents(StreamDescription stream, PartitionId? target, PartitionId unkeyed, IMemoryBudget? budget)
    {
        _stream = stream;
        _target = target;
        _unkeyed = unkeyed;
        _budget = budget;
    }

    /// <summary>Number of events added, including faulty ones; also the index of the next event.</summary>
    public int Count { get; private set; }

    /// <summary>The first <see cref="Limits.FaultsReported"/> faults.</summary>
    public IReadOnlyList<EventFault> Faults => _faults;

    /// <summary>The partitions touched, in order. Meaningful only if there are no faults.</summary>
    public IEnumerable<PartitionId> Partitions => _shares.Keys;

    /// <summary>The shares, in partition order. Meaningful only if there are no faults.</summary>
    internal IReadOnlyCollection<PartitionShare> Shares => _shares.Values;

    /// <summary>Begins a request without events.</summary>
    /// <param name="stream">The stream whose schema and partition count apply.</param>
    /// <param name="target">
    /// Null: each event goes to the partition of its key, and unkeyed events share one partition. Otherwise all events go to this partition, and an event whose
    /// key belongs to another partition is a fault.
    /// </param>
    /// <param name="unkeyed">
    /// Selects the partition of unkeyed events by hash. Pass the id of a sequenced producer, else the Idempotency-Key, so that a repeat goes to the same
    /// partition. Null: a random partition.
    /// </param>
    /// <param name="randomness">Selects the partition of unkeyed events if <paramref name="target"/> and <paramref name="unkeyed"/> are null.</param>
    /// <param name="budget">Charged for the encoded events until this is disposed. Null: not charged.</param>
    /// <exception cref="HeadwaterException">PartitionNotFound.</exception>
    public static RequestEvents For(
        StreamDescription stream, PartitionId? target, string? unkeyed, Ports.Randomness randomness, IMemoryBudget? budget = null)
    {
        if (target is { } named)
        {
            stream.RequirePartition(named);
        }

        PartitionId shared = target
            ?? (unkeyed is not null ? KeyPartitioner.For(unkeyed, stream.Partitions) : new PartitionId((int)(randomness.NextFraction() * stream.Partitions)));
        return new RequestEvents(stream, target, shared, budget);
    }

    /// <summary>
    /// Adds an event whose value is JSON; <see cref="JsonValueKind.Null"/> is a tombstone. If the stream has no schema, stores the UTF-8 text of the value and
    /// <see cref="JsonMark"/>. A value that does not match the schema is a fault.
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
        else if (_stream.Schema.TryWriteJson(value, _value.Of(share.Events, Count), _budget) is { } mismatch)
        {
            share.Events.Abandon();
            Fault("/value" + mismatch.Pointer, mismatch.Message);
            return;
        }

        End(share);
    }

    /// <summary>Adds an event whose parts are encoded, unless it has a fault or a limit is reached.</summary>
    /// <param name="parts">Beside the value: valid UTF-8, headers with distinct names.</param>
    /// <param name="unionValue">Branch index and value, which fit the stream's schema.</param>
    /// <returns>False if it was not added. <see cref="AddJson"/> and <see cref="AddAvro"/> say why.</returns>
    public bool TryAdd(in EventParts parts, ReadOnlySpan<byte> unionValue)
    {
        if (Count >= Limits.EventsPerRequest || !IsFit(parts, isNull: unionValue is [0]))
        {
            return false;
        }

        PartitionId partition = parts.HasKey ? KeyPartitioner.For(parts.Key, _stream.Partitions) : _unkeyed;
        if (_target is { } target && partition != target)
        {
            return false;
        }

        PartitionShare share = ShareOf(partition);
        share.Events.Append(parts, unionValue);
        if (share.Events.BytesOf(share.Events.Count - 1) > Limits.EventBytes
            || share.Events.Bytes > Limits.BatchBytes
            || !_stream.Schema.FitsJson(unionValue, Limits.EventJsonBytes))
        {
            return false;
        }

        share.Indexes.Add(Count);
        Count++;
        return true;
    }

    /// <summary>Removes all events and faults.</summary>
    public void Clear()
    {
        Dispose();
        _faults.Clear();
        Count = 0;
    }

    /// <summary>
    /// Adds an event whose value is the Avro encoding of the stream's value union, including the branch index. The caller must have checked the bytes against
    /// the schema.
    /// </summary>
    /// <param name="attributes">Beside the value.</param>
    /// <param name="unionValue">Branch index and value.</param>
    /// <param name="isJson">Whether the file marks the value as JSON with <see cref="JsonMark"/>.</param>
    /// <exception cref="HeadwaterException">TooManyEvents, EventTooLarge, BodyTooLarge.</exception>
    public void AddAvro(in EventAttributes attributes, ReadOnlySpan<byte> unionValue, bool isJson)
    {
        if (Begin(attributes, isNull: unionValue is [0], isJson) is { } share)
        {
            BoundedValue.Require(unionValue.Length, Count);
            System.Buffers.BuffersExtensions.Write(share.Events.Value, unionValue);
            End(share);
        }
    }

    /// <summary>Adds an event whose value is raw bytes. If the stream has a schema, the event is a fault.</summary>
    /// <exception cref="HeadwaterException">TooManyEvents, EventTooLarge, BodyTooLarge.</exception>
    public void AddBytes(in EventAttributes attributes, ReadOnlySpan<byte> value)
    {
        if (_stream.Settings.Schema is not null)
        {
            AddFault("/value", "the stream has a schema; raw bytes do not fit it");
        }
        else if (Begin(attributes, isNull: false, isJson: false) is { } share)
        {
            BoundedValue.Require(value.Length, Count);
            _stream.Schema.WriteBytes(value, share.Events.Value);
            End(share);
        }
    }

    /// <summary>Records a fault found while parsing an event, such as an unknown member or a wrong type. Counts as one event.</summary>
    /// <param name="pointer">JSON Pointer to the fault, within the event.</param>
    /// <param name="message">What is wrong, for people.</param>
    /// <exception cref="HeadwaterException">TooManyEvents.</exception>
    public void AddFault(string pointer, string message)
    {
        RequireRoom();
        Fault(pointer, message);
    }

    /// <summary>Disposes this with the events: a partition that must stay in memory until they are appended.</summary>
    internal void Keep(IDisposable held) => _held.Add(held);

    /// <summary>Returns the pooled buffers. The events must not be in an append.</summary>
    public void Dispose()
    {
        foreach (PartitionShare share in _shares.Values)
        {
            share.Events.Dispose();
        }

        _shares.Clear();
        _held.ForEach(h => h.Dispose());
        _held.Clear();
    }

    /// <summary>Begins the event in its partition's share; the caller writes the value. Null if the event is a fault.</summary>
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

        PartitionShare share = ShareOf(partition);

        // After the checks: the mark is not the producer's header and does not count towards the producer's limits.
        bool isMarked = isJson && !isNull && _stream.Settings.Schema is null;
        share.Events.Begin(attributes.Time, attributes.Key, isMarked ? [.. attributes.Headers, JsonMark.Header] : attributes.Headers);
        return share;
    }

    private PartitionShare ShareOf(PartitionId partition)
    {
        if (!_shares.TryGetValue(partition, out PartitionShare? share))
        {
            share = new PartitionShare(partition, _budget);
            _shares.Add(partition, share);
        }

        return share;
    }

    private bool IsFit(in EventParts parts, bool isNull) =>
        parts.Key.Length <= Limits.KeyBytes
        && (parts.HasKey || _stream.Settings.Kind != StreamKind.Entity)
        && parts.HeaderCount <= Limits.HeadersPerEvent
        && parts.Headers.Length <= Limits.HeaderBytes
        && !(isNull && !TakesNull);

    private bool TakesNull => _stream.Settings.Kind == StreamKind.Entity || _stream.Settings.Schema is null || _stream.Schema.AcceptsNull;

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

        return isNull && !TakesNull ? ("/value", "null does not fit the schema; only entity streams take tombstones") : null;
    }

    private void End(PartitionShare share)
    {
        share.Events.End();
        int bytes = share.Events.BytesOf(share.Events.Count - 1);
        BoundedValue.Require(bytes, Count);
        if (!_stream.Schema.FitsJson(share.Events.ValueOf(share.Events.Count - 1), Limits.EventJsonBytes))
        {
            throw AppendRefusals.EventTooLarge(Count, $"is over {Limits.EventJsonBytes} bytes as JSON, because its schema adds names and defaults");
        }

        if (share.Events.Bytes > Limits.BatchBytes)
        {
            throw new HeadwaterException(
                ErrorCode.BodyTooLarge,
                $"The events for partition {share.Partition} are over {Limits.BatchBytes} bytes encoded; send fewer in one request.");
        }

        share.Indexes.Add(Count);
        Count++;
    }

    private void Fault(string pointer, string message)
    {
        if (_faults.Count < Limits.FaultsReported)
        {
            _faults.Add(new EventFault(Count, Cut(pointer), Cut(message)));
        }

        Count++;
    }

    // Both may quote the event, and 100 of them are answered.
    private static string Cut(string text) => text.Length <= Limits.FaultCharacters ? text : text[..Limits.FaultCharacters] + "…";

    private void RequireRoom()
    {
        if (Count >= Limits.EventsPerRequest)
        {
            throw AppendRefusals.TooManyEvents();
        }
    }
}
