using Headwater.Core.Avro;
using Headwater.Core.Positions;
using Headwater.Core.Segments;

namespace Headwater.Client;

/// <summary>Events of a group, in offset order.</summary>
/// <param name="Events">The events.</param>
/// <param name="StoredBytes">The bytes that they take in the file.</param>
/// <param name="Uncompressed">Their bytes without compression.</param>
internal readonly record struct DecodedEvents<T>(IReadOnlyList<ReceivedEvent<T>> Events, long StoredBytes, int Uncompressed);

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
    private DecodedBlock? _block;

    private List<DecodedEvents<T>> _ready = [];

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

    /// <summary>The next events of the group, as many as it may hold.</summary>
    /// <returns>Empty after the last ones.</returns>
    /// <exception cref="HeadwaterException">corrupt_segment, value_unreadable. Events before it have been returned.</exception>
    public async Task<IReadOnlyList<DecodedEvents<T>>> NextAsync(SemaphoreSlim decoders, CancellationToken cancellation)
    {
        if (_decoding is null && !IsAtEnd)
        {
            Begin(decoders, cancellation);
        }

        if (_decoding is { } decoding)
        {
            await decoding.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (_ready.Count == 0)
            {
                await decoding;
            }
        }

        List<DecodedEvents<T>> ready = _ready;
        _ready = [];
        _decoding = _decoding is { IsCompletedSuccessfully: true } ? null : _decoding;
        return ready;
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

    public void Dispose() => Release();

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
        for (long decoded = 0; decoded < ReplayLimits.EagerBytes && TryDecode(cancellation) is { } next;)
        {
            decoded += next.Uncompressed;
            _ready.Add(next);
        }

        if (IsAtEnd)
        {
            Release();
        }
    }

    /// <summary>Decodes the next events.</summary>
    /// <returns>Null after the last ones.</returns>
    /// <exception cref="SegmentFormatException">A block is corrupt.</exception>
    internal DecodedEvents<T>? TryDecode(CancellationToken cancellation)
    {
        if (IsAtEnd)
        {
            return null;
        }

        cancellation.ThrowIfCancellationRequested();
        if (_left == 0)
        {
            _block ??= DecodedBlocks.Take();
            BlockDecoder.TryRead(bytes.Span[_read..], position + _read, file.Header.Codec, file.Header.Sync, _block);
            _read += _block.Length;
            (_left, _place) = (_block.Count, default);
        }

        int from = _place.Position;
        List<ReceivedEvent<T>> events = Take();
        int uncompressed = _place.Position - from;
        return new DecodedEvents<T>(events, (long)_block!.Length * uncompressed / Math.Max(1, _block.Data.Length), uncompressed);
    }

    /// <summary>Events of the current block.</summary>
    private List<ReceivedEvent<T>> Take()
    {
        var events = new List<ReceivedEvent<T>>(Math.Min(_left, ReplayLimits.BatchEvents));
        EventEnumerator stored = _block!.GetEvents(file.Header.Schema, _place);
        while (_left > 0 && events.Count < ReplayLimits.BatchEvents && stored.Place.Position - _place.Position < ReplayLimits.EagerBytes && stored.MoveNext())
        {
            _left--;
            DecodedEvent current = stored.Current;
            if (deliver.Contains(current.Offset))
            {
                events.Add(file.Events.Read(current));
            }
        }

        if (_left == 0)
        {
            stored.MoveNext(); // Nothing may follow the last event.
        }

        _place = stored.Place;
        return events;
    }

    private void Release()
    {
        if (!_isReleased)
        {
            _isReleased = true;
            buffer.Release();
            DecodedBlocks.Return(_block);
            _block = null;
        }
    }
}
