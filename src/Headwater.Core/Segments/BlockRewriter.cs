using System.Buffers;
using System.Buffers.Binary;
using Headwater.Core.Avro;
using Headwater.Core.Positions;

namespace Headwater.Core.Segments;

/// <summary>
/// Builds a new block from stored events, for compaction. Offsets, append times, keys, headers and values are copied unchanged, so events
/// that are left out become gaps. The batch record is new and has neither request nor producer. Not thread-safe.
/// </summary>
public sealed class BlockRewriter : IDisposable
{
    private readonly PooledBuffer _head = new();
    private readonly PooledBuffer _firstValue = new();
    private readonly PooledBuffer _rest = new();

    /// <summary>The number of events added since the last <see cref="WriteTo"/>.</summary>
    public int Count { get; private set; }

    /// <summary>The size of the added events before compression and without the batch record, in bytes.</summary>
    public int Bytes => _head.Length + _firstValue.Length + _rest.Length;

    /// <summary>The offset of the first event; 0 if none was added.</summary>
    public Offset FirstOffset { get; private set; }

    /// <summary>The append time of the first event.</summary>
    public UnixMicros FirstAppended { get; private set; }

    /// <summary>Adds a copy of an event. The caller adds events in offset order.</summary>
    public void Add(DecodedEvent added)
    {
        PooledBuffer fields = Count == 0 ? _head : _rest;
        fields.WriteLong(added.Offset.Value);
        fields.WriteLong(added.Appended.Value);
        fields.Write(added.FieldBytes);
        if (Count == 0)
        {
            _firstValue.Write(added.Value);
            FirstOffset = added.Offset;
            FirstAppended = added.Appended;
        }
        else
        {
            fields.WriteUnionIndex(EventLayout.NullBranch);
            fields.Write(added.Value);
        }

        Count++;
    }

    /// <summary>Writes the block and removes its events from this object.</summary>
    /// <param name="id">The new batch id.</param>
    /// <param name="codec">The output segment's codec.</param>
    /// <param name="sync">The output segment's sync marker.</param>
    /// <param name="output">Receives the block.</param>
    /// <exception cref="InvalidOperationException">No event was added.</exception>
    public void WriteTo(BatchId id, BlockCodec codec, SyncMarker sync, IBufferWriter<byte> output)
    {
        if (Count == 0)
        {
            throw new InvalidOperationException("A block needs at least one event.");
        }

        using var body = new PooledBuffer(Bytes + 128);
        body.Write(_head.Written);
        body.WriteUnionIndex(EventLayout.PresentBranch);
        BatchRecordCodec.Write(body, new BatchRecord(id, null, null, null, ProducerEpoch.None, SequenceNumber.Zero, Count));
        int crcEnd = body.Length;
        body.Write(_firstValue.Written);
        body.Write(_rest.Written);
        uint crc = Crc32C.Of(body.Written);
        BinaryPrimitives.WriteUInt32LittleEndian(body.Patch(crcEnd - Crc32C.Size, Crc32C.Size), crc);
        BlockEncoder.WriteBlock(Count, body.Written, codec, sync, output);
        Clear();
    }

    /// <summary>Returns the buffers to the pool.</summary>
    public void Dispose()
    {
        _head.Dispose();
        _firstValue.Dispose();
        _rest.Dispose();
    }

    private void Clear()
    {
        _head.Truncate(0);
        _firstValue.Truncate(0);
        _rest.Truncate(0);
        Count = 0;
    }
}
