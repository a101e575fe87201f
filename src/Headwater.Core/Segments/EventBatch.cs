using System.Buffers;
using System.Text;
using Headwater.Core.Avro;
using Headwater.Core.Memory;
using Headwater.Core.Positions;

namespace Headwater.Core.Segments;

/// <summary>
/// Events encoded without their positions, in one pooled buffer, so that every append attempt can copy them at another offset. To add an
/// event, call <see cref="Begin"/>, write its value to <see cref="Value"/>, and call <see cref="End"/> or <see cref="Abandon"/>. Not thread-safe.
/// </summary>
public sealed class EventBatch : IDisposable
{
    private readonly PooledBuffer _buffer;
    private EncodedEvent[] _events = [];
    private int _count;
    private int _openAt = -1;
    private int _valueAt;

    /// <summary>Creates an empty batch.</summary>
    /// <param name="budget">Charged for the capacity of the buffer. Null: not charged.</param>
    public EventBatch(IMemoryBudget? budget = null) => _buffer = new PooledBuffer(budget: budget);

    /// <summary>The number of complete events.</summary>
    public int Count => _count;

    /// <summary>The size of the complete events in bytes, without offsets and append times.</summary>
    public long Bytes => _count == 0 ? 0 : _events[_count - 1].End;

    /// <summary>Receives the value of the open event: the index of the union branch, then the value.</summary>
    public IBufferWriter<byte> Value => _buffer;

    /// <summary>The size of one event in bytes, without offset and append time.</summary>
    /// <exception cref="IndexOutOfRangeException">There is no event <paramref name="index"/>.</exception>
    public int BytesOf(int index) => this[index].End - this[index].Start;

    /// <summary>The value of one event: the index of the union branch, then the value. Valid until the next change of the batch.</summary>
    /// <exception cref="IndexOutOfRangeException">There is no event <paramref name="index"/>.</exception>
    public ReadOnlySpan<byte> ValueOf(int index) => Encoded(this[index].ValueStart, this[index].End);

    internal EncodedEvent this[int index] => _events.AsSpan(0, _count)[index];

    /// <summary>Opens an event. If it throws, the batch is unchanged.</summary>
    /// <param name="time">When the event happened; null if the producer did not state it.</param>
    /// <param name="key">Null for an event without a key.</param>
    /// <param name="headers">Headers with distinct names.</param>
    /// <exception cref="EncoderFallbackException">The key or a header contains an unpaired surrogate.</exception>
    /// <exception cref="ArgumentException">Two headers have the same name.</exception>
    /// <exception cref="InvalidOperationException">An event is open.</exception>
    public void Begin(UnixMicros? time, string? key, IReadOnlyList<KeyValuePair<string, string>> headers)
    {
        if (_openAt >= 0)
        {
            throw new InvalidOperationException("The event before has not ended.");
        }

        int start = _buffer.Length;
        bool whole = false;
        try
        {
            WriteTimeAndKey(time, key);
            WriteHeaders(headers);
            _buffer.WriteUnionIndex(EventLayout.NullBranch);
            whole = true;
        }
        finally
        {
            if (!whole)
            {
                _buffer.Truncate(start);
            }
        }

        _openAt = start;
        _valueAt = _buffer.Length;
    }

    /// <summary>Appends an event whose parts are encoded. Allocates nothing but a larger buffer. The parts are not checked.</summary>
    /// <param name="parts">Beside the value.</param>
    /// <param name="value">The index of the union branch, then the value.</param>
    /// <exception cref="InvalidOperationException">An event is open.</exception>
    public void Append(in EventParts parts, ReadOnlySpan<byte> value)
    {
        if (_openAt >= 0)
        {
            throw new InvalidOperationException("The event before has not ended.");
        }

        int start = _buffer.Length;
        Span<byte> span = _buffer.GetSpan(parts.MaxBytes + value.Length);
        int length = parts.Write(span);
        span[length++] = EventLayout.NullBranch;
        int valueAt = start + length;
        value.CopyTo(span[length..]);
        _buffer.Advance(length + value.Length);
        Add(new EncodedEvent(start, valueAt, _buffer.Length));
    }

    /// <summary>Completes the open event.</summary>
    /// <exception cref="InvalidOperationException">No event is open, or the open event has no value.</exception>
    public void End()
    {
        if (_openAt < 0 || _buffer.Length == _valueAt)
        {
            throw new InvalidOperationException("Begin an event and write its value before ending it.");
        }

        Add(new EncodedEvent(_openAt, _valueAt, _buffer.Length));
        _openAt = -1;
    }

    /// <summary>Removes the open event; does nothing if none is open.</summary>
    public void Abandon()
    {
        if (_openAt >= 0)
        {
            _buffer.Truncate(_openAt);
        }

        _openAt = -1;
    }

    /// <summary>Appends a copy of one event of another batch.</summary>
    /// <exception cref="InvalidOperationException">An event is open.</exception>
    /// <exception cref="IndexOutOfRangeException"><paramref name="other"/> has no event <paramref name="index"/>.</exception>
    public void AppendFrom(EventBatch other, int index)
    {
        if (_openAt >= 0)
        {
            throw new InvalidOperationException("The event before has not ended.");
        }

        EncodedEvent source = other[index];
        int start = _buffer.Length;
        _buffer.Write(other.Encoded(source.Start, source.End));
        Add(new EncodedEvent(start, start + (source.ValueStart - source.Start), _buffer.Length));
    }

    /// <summary>Removes all events and keeps the memory for reuse.</summary>
    public void Clear()
    {
        _buffer.Truncate(0);
        _count = 0;
        _openAt = -1;
    }

    /// <summary>Returns the memory to the pool.</summary>
    public void Dispose()
    {
        _buffer.Dispose();
        EncodedEvent[] events = _events;
        _events = [];
        _count = 0;
        if (events.Length > 0)
        {
            ArrayPool<EncodedEvent>.Shared.Return(events);
        }
    }

    internal ReadOnlySpan<byte> Encoded(int start, int end) => _buffer.Slice(start, end);

    private void WriteTimeAndKey(UnixMicros? time, string? key)
    {
        _buffer.WriteUnionIndex(time is null ? EventLayout.NullBranch : EventLayout.PresentBranch);
        if (time is { } instant)
        {
            _buffer.WriteLong(instant.Value);
        }

        _buffer.WriteUnionIndex(key is null ? EventLayout.NullBranch : EventLayout.PresentBranch);
        if (key is not null)
        {
            _buffer.WriteString(key);
        }
    }

    private void WriteHeaders(IReadOnlyList<KeyValuePair<string, string>> headers)
    {
        if (headers.Count > 0)
        {
            _buffer.WriteBlockCount(headers.Count);
        }

        for (int i = 0; i < headers.Count; i++)
        {
            for (int j = 0; j < i; j++)
            {
                if (string.Equals(headers[i].Key, headers[j].Key, StringComparison.Ordinal))
                {
                    throw new ArgumentException($"Two headers are named '{headers[i].Key}'.", nameof(headers));
                }
            }

            _buffer.WriteString(headers[i].Key);
            _buffer.WriteString(headers[i].Value);
        }

        _buffer.WriteBlockCount(0);
    }

    private void Add(EncodedEvent added)
    {
        if (_count == _events.Length)
        {
            EncodedEvent[] larger = ArrayPool<EncodedEvent>.Shared.Rent(Math.Max(16, _count * 2));
            _events.AsSpan(0, _count).CopyTo(larger);
            if (_events.Length > 0)
            {
                ArrayPool<EncodedEvent>.Shared.Return(_events);
            }

            _events = larger;
        }

        _events[_count++] = added;
    }
}
