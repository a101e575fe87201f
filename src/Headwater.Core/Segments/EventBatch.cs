using System.Buffers;
using System.Text;
using Headwater.Core.Avro;
using Headwater.Core.Positions;

namespace Headwater.Core.Segments;

/// <summary>
/// Events encoded once, without their positions, in one pooled buffer: every attempt to append them, at whatever offset, copies from
/// here. Each event is <c>Begin</c>, its value written to <see cref="Value"/>, <c>End</c> (or <c>Abandon</c>). For one thread at a time.
/// </summary>
public sealed class EventBatch : IDisposable
{
    private readonly PooledBuffer _buffer = new();
    private EncodedEvent[] _events = [];
    private int _count;
    private int _openAt = -1;
    private int _valueAt;

    public int Count => _count;

    /// <summary>The bytes of all events ended, without offsets and append times.</summary>
    public long Bytes => _count == 0 ? 0 : _events[_count - 1].End;

    /// <summary>Where the value of the event begun goes: the index of the union branch, then the value.</summary>
    public IBufferWriter<byte> Value => _buffer;

    public int BytesOf(int index) => this[index].End - this[index].Start;

    internal EncodedEvent this[int index] => _events.AsSpan(0, _count)[index];

    /// <param name="time">When it happened, if the producer said so.</param>
    /// <param name="key">Null for an event without one.</param>
    /// <param name="headers">Names are distinct.</param>
    /// <exception cref="EncoderFallbackException">A text holds half a surrogate pair; the batch is as before.</exception>
    /// <exception cref="ArgumentException">A header's name is there twice; the batch is as before.</exception>
    /// <exception cref="InvalidOperationException">The event before has not ended.</exception>
    public void Begin(UnixMicros? time, string? key, IReadOnlyList<KeyValuePair<string, string>> headers)
    {
        if (_openAt >= 0)
            throw new InvalidOperationException("The event before has not ended.");
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
                _buffer.Truncate(start);
        }

        _openAt = start;
        _valueAt = _buffer.Length;
    }

    /// <exception cref="InvalidOperationException">No event has begun, or it has no value.</exception>
    public void End()
    {
        if (_openAt < 0 || _buffer.Length == _valueAt)
            throw new InvalidOperationException("An event ends after it has begun and its value is written.");
        Add(new EncodedEvent(_openAt, _valueAt, _buffer.Length));
        _openAt = -1;
    }

    /// <summary>Forgets the event begun, if there is one.</summary>
    public void Abandon()
    {
        if (_openAt >= 0)
            _buffer.Truncate(_openAt);
        _openAt = -1;
    }

    /// <summary>Copies one event of another batch, as it is encoded.</summary>
    public void AppendFrom(EventBatch other, int index)
    {
        if (_openAt >= 0)
            throw new InvalidOperationException("The event before has not ended.");
        EncodedEvent source = other[index];
        int start = _buffer.Length;
        _buffer.Write(other.Encoded(source.Start, source.End));
        Add(new EncodedEvent(start, start + (source.ValueStart - source.Start), _buffer.Length));
    }

    /// <summary>Empties the batch and keeps its memory.</summary>
    public void Clear()
    {
        _buffer.Truncate(0);
        _count = 0;
        _openAt = -1;
    }

    public void Dispose()
    {
        _buffer.Dispose();
        EncodedEvent[] events = _events;
        _events = [];
        _count = 0;
        if (events.Length > 0)
            ArrayPool<EncodedEvent>.Shared.Return(events);
    }

    internal ReadOnlySpan<byte> Encoded(int start, int end) => _buffer.Slice(start, end);

    private void WriteTimeAndKey(UnixMicros? time, string? key)
    {
        _buffer.WriteUnionIndex(time is null ? EventLayout.NullBranch : EventLayout.PresentBranch);
        if (time is { } instant)
            _buffer.WriteLong(instant.Value);
        _buffer.WriteUnionIndex(key is null ? EventLayout.NullBranch : EventLayout.PresentBranch);
        if (key is not null)
            _buffer.WriteString(key);
    }

    private void WriteHeaders(IReadOnlyList<KeyValuePair<string, string>> headers)
    {
        if (headers.Count > 0)
            _buffer.WriteBlockCount(headers.Count);
        for (int i = 0; i < headers.Count; i++)
        {
            for (int j = 0; j < i; j++)
            {
                if (string.Equals(headers[i].Key, headers[j].Key, StringComparison.Ordinal))
                    throw new ArgumentException($"Header '{headers[i].Key}' is there twice.", nameof(headers));
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
                ArrayPool<EncodedEvent>.Shared.Return(_events);
            _events = larger;
        }

        _events[_count++] = added;
    }
}
