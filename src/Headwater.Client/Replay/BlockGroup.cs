using Headwater.Contracts.Errors;
using Headwater.Core.Avro;
using Headwater.Core.Positions;
using Headwater.Core.Segments;

namespace Headwater.Client;

/// <summary>Events of a group, in offset order; with the bytes that they take in the file.</summary>
internal readonly record struct DecodedEvents<T>(IReadOnlyList<ReceivedEvent<T>> Events, long StoredBytes);

/// <summary>
/// Whole blocks of a segment that follow each other, which are decoded together. Blocks are checked by sync marker, checksum and structure before an event of
/// them is used.
/// </summary>
/// <param name="file">The segment.</param>
/// <param name="buffer">Has the blocks. The group releases it.</param>
/// <param name="bytes">Where the blocks are in the buffer.</param>
/// <param name="position">Where the blocks are in the file.</param>
/// <param name="deliver">The offsets whose events are wanted.</param>
internal sealed class BlockGroup<T>(SegmentFile<T> file, RangeBuffer buffer, ReadOnlyMemory<byte> bytes, long position, OffsetRange deliver) : IDisposable
{
    private readonly DecodedBlock _block = new();

    private readonly Queue<DecodedEvents<T>> _ready = new();

    private int _read;

    private int _left;

    private EventPlace _place;

    private Task? _decoding;

    private bool _isReleased;

    /// <summary>The segment.</summary>
    public SegmentFile<T> File => file;

    /// <summary>The position after the blocks.</summary>
    public long End => position + bytes.Length;

    /// <summary>Decodes on the pool what a group may hold before its turn.</summary>
    public void Begin(SemaphoreSlim decoders, CancellationToken cancellation) => _decoding = Task.Run(() => DecodeAsync(decoders, cancellation), cancellation);

    /// <summary>The next events of the group.</summary>
    /// <returns>Null after the last ones.</returns>
    /// <exception cref="HeadwaterException">corrupt_segment, value_unreadable.</exception>
    public async Task<DecodedEvents<T>?> NextAsync(SemaphoreSlim decoders, CancellationToken cancellation)
    {
        await _decoding!;
        if (_ready.Count == 0 && !IsAtEnd)
        {
            Begin(decoders, cancellation);
            await _decoding;
        }

        return _ready.TryDequeue(out DecodedEvents<T> next) ? next : null;
    }

    /// <summary>Waits for the decoding to end, and gives the memory back.</summary>
    public async Task EndAsync()
    {
        if (_decoding is { } decoding)
        {
            await decoding.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        Dispose();
    }

    public void Dispose()
    {
        _block.Dispose();
        Release();
    }

    private bool IsAtEnd => _left == 0 && _read == bytes.Length;

    private async Task DecodeAsync(SemaphoreSlim decoders, CancellationToken cancellation)
    {
        await decoders.WaitAsync(cancellation);
        try
        {
            Decode(cancellation);
        }
        catch (Exception corrupt) when (corrupt is SegmentFormatException or AvroFormatException)
        {
            throw file.Corrupt(corrupt.Message, corrupt);
        }
        finally
        {
            decoders.Release();
        }
    }

    private void Decode(CancellationToken cancellation)
    {
        for (long decoded = 0; decoded < ReplayLimits.EagerBytes && !IsAtEnd;)
        {
            cancellation.ThrowIfCancellationRequested();
            if (_left == 0)
            {
                BlockDecoder.TryRead(bytes.Span[_read..], position + _read, file.Header.Codec, file.Header.Sync, _block);
                _read += _block.Length;
                (_left, _place) = (_block.Count, default);
            }

            int from = _place.Position;
            _ready.Enqueue(new DecodedEvents<T>(Take(), Share(from)));
            decoded += _place.Position - from;
        }

        if (IsAtEnd)
        {
            _block.Dispose();
            Release();
        }
    }

    /// <summary>Events of the current block.</summary>
    private List<ReceivedEvent<T>> Take()
    {
        var events = new List<ReceivedEvent<T>>(Math.Min(_left, ReplayLimits.BatchEvents));
        EventEnumerator stored = _block.GetEvents(file.Header.Schema, _place);
        while (_left > 0 && events.Count < ReplayLimits.BatchEvents && stored.MoveNext())
        {
            _left--;
            if (deliver.Contains(stored.Current.Offset))
            {
                events.Add(file.Events.Read(stored.Current));
            }
        }

        if (_left == 0)
        {
            stored.MoveNext(); // Nothing may follow the last event.
        }

        _place = stored.Place;
        return events;
    }

    /// <summary>The stored bytes of the events since a place in the block, in proportion.</summary>
    private long Share(int from) => (long)_block.Length * (_place.Position - from) / Math.Max(1, _block.Data.Length);

    private void Release()
    {
        if (!_isReleased)
        {
            _isReleased = true;
            buffer.Release();
        }
    }
}
