using Headwater.Core.Avro;
using Headwater.Core.Positions;
using Headwater.Core.Schemas;

namespace Headwater.Core.Segments;

/// <summary>
/// Decodes the events of a block and checks them: every field and value is valid, offsets strictly increase, append times never
/// decrease, only the first event has a batch record, and no bytes follow the last event. Allocates nothing per event.
/// </summary>
public ref struct EventEnumerator
{
    private readonly ValueSchema _schema;
    private readonly ReadOnlySpan<byte> _data;
    private readonly long _position;
    private readonly int _count;
    private AvroReader _reader;
    private DecodedEvent _current;
    private int _read;

    internal EventEnumerator(ReadOnlySpan<byte> data, int count, ValueSchema schema, long position, EventPlace from)
    {
        _data = data;
        _reader = new AvroReader(data);
        _reader.Skip(from.Position);
        _read = from.Read;
        _current = new DecodedEvent { Offset = from.Offset, Appended = from.Appended };
        _count = count;
        _schema = schema;
        _position = position;
    }

    /// <summary>The event that the last <see cref="MoveNext"/> decoded.</summary>
    public readonly DecodedEvent Current => _current;

    /// <summary>The place after <see cref="Current"/>.</summary>
    public readonly EventPlace Place => new(_read, _reader.Consumed, _current.Offset, _current.Appended);

    /// <summary>Returns this enumerator, for <c>foreach</c>.</summary>
    public readonly EventEnumerator GetEnumerator() => this;

    /// <summary>Decodes and checks the next event.</summary>
    /// <returns>False after the last event.</returns>
    /// <exception cref="SegmentFormatException">The event is malformed or out of order, or bytes follow the last event.</exception>
    public bool MoveNext()
    {
        if (_read == _count)
        {
            if (_reader.Remaining > 0)
            {
                throw new SegmentFormatException($"{_reader.Remaining} bytes follow the last event of a block", _position);
            }

            return false;
        }

        try
        {
            ReadEvent();
        }
        catch (AvroFormatException e)
        {
            throw new SegmentFormatException($"event {_read} of a block is malformed", _position, e);
        }

        _read++;
        return true;
    }

    private void ReadEvent()
    {
        Offset offset = _reader.ReadOffset();
        UnixMicros appended = _reader.ReadMicros();
        if (_read > 0 && (offset <= _current.Offset || appended < _current.Appended))
        {
            throw new SegmentFormatException($"event {_read} of a block does not come after the one before it", _position);
        }

        int fieldsAt = _reader.Consumed;
        UnixMicros? time = EventFields.ReadTime(ref _reader);
        bool hasKey = EventFields.TryReadKey(ref _reader, out ReadOnlySpan<byte> key);
        int headersAt = _reader.Consumed;
        int headers = EventFields.SkipHeaders(ref _reader);
        int headersEnd = _reader.Consumed;
        SkipBatch();
        int valueAt = _reader.Consumed;
        _schema.Skip(ref _reader);
        _current = new DecodedEvent
        {
            Offset = offset,
            Appended = appended,
            Time = time,
            HasKey = hasKey,
            Key = key,
            HeaderBytes = _data[headersAt..headersEnd],
            FieldBytes = _data[fieldsAt..headersEnd],
            HeaderCount = headers,
            Value = _data[valueAt.._reader.Consumed],
        };
    }

    private void SkipBatch()
    {
        bool present = _reader.ReadUnionIndex(EventLayout.OptionalBranches) == EventLayout.PresentBranch;
        if (present != (_read == 0))
        {
            throw new SegmentFormatException($"event {_read} of a block {(present ? "carries a" : "lacks the")} batch record", _position);
        }

        if (present)
        {
            BatchRecordCodec.Skip(ref _reader);
        }
    }
}
