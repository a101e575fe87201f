using System.Buffers;
using System.Buffers.Binary;
using Headwater.Core.Avro;
using Headwater.Core.Positions;

namespace Headwater.Core.Segments;

/// <summary>
/// Gathers stored events into a new block: offsets, append times, keys, headers and values as they are, so that what is left out in between leaves gaps. The batch record is new; it knows no request
/// and no producer. For one thread at a time.
/// </summary>
public sealed class BlockRewriter : IDisposable
{
    private readonly PooledBuffer _head = new();
    private readonly PooledBuffer _firstValue = new();
    private readonly PooledBuffer _rest = new();

    /// <summary>The number of events gathered.</summary>
    public int Count { get; private set; }

    /// <summary>Their bytes before compression, the batch record left out.</summary>
    public int Bytes => _head.Length + _firstValue.Length + _rest.Length;

    /// <summary>Of the first event; zero while there is none.</summary>
    public Offset FirstOffset { get; private set; }

    /// <summary>Of the first event.</summary>
    public UnixMicros FirstAppended { get; private set; }

    /// <summary>Takes an event; those taken come in offset order.</summary>
    public void Add(DecodedEvent view)
    {
        PooledBuffer fields = Count == 0 ? _head : _rest;
        fields.WriteLong(view.Offset.Value);
        fields.WriteLong(view.Appended.Value);
        fields.Write(view.FieldBytes);
        if (Count == 0)
        {
            _firstValue.Write(view.Value);
            FirstOffset = view.Offset;
            FirstAppended = view.Appended;
        }
        else
        {
            fields.WriteUnionIndex(EventLayout.NullBranch);
            fields.Write(view.Value);
        }

        Count++;
    }

    /// <summary>Writes the block and forgets its events.</summary>
    /// <exception cref="InvalidOperationException">There are none.</exception>
    public void WriteTo(BatchId id, BlockCodec codec, SyncMarker sync, IBufferWriter<byte> output)
    {
        if (Count == 0)
            throw new InvalidOperationException("A block holds at least one event.");
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
