using Headwater.Core.Positions;
using Headwater.Core.Segments;
using Headwater.Simulation.Checking;

namespace Headwater.Simulation.Service;

/// <summary>Tracks a partition's content as each byte is stored, and checks every rule of the format at every step.</summary>
internal sealed class PartitionTruth(PartitionKey key)
{
    private readonly Dictionary<long, SegmentTruth> _live = [];

    private readonly HashSet<long> _bases = [];

    private readonly Dictionary<string, (ProducerEpoch Epoch, SequenceNumber Next)> _producers = [];

    private readonly List<long> _steps = [];

    private long _lastBase = -1;

    private bool _lastIsSealed;

    private int _schemaVersion;

    private UnixMicros _lastAppended = UnixMicros.MinValue;

    /// <summary>The log end.</summary>
    public long End { get; private set; }

    /// <summary>The step at which each event was stored, by offset.</summary>
    public IReadOnlyList<long> Steps => _steps;

    public void Created(long start)
    {
        bool isFirst = _bases.Count == 0 && start == 0;
        bool isSuccessor = start == End && _lastIsSealed;

        // A late creation can recreate a deleted segment as an empty blob. It is harmless as long as nothing is appended to it.
        bool isStray = _bases.Contains(start);
        Require(
            isFirst || isSuccessor || isStray,
            $"segment {start} is created, but the one before (base {_lastBase}) is not sealed or does not end there; the log ends at {End}");
        _live[start] = new SegmentTruth(start, _bases.Contains(start));
        if (_bases.Add(start))
        {
            _lastBase = start;
            _lastIsSealed = false;
        }
    }

    public void Appended(long start, ReadOnlySpan<byte> data, long step)
    {
        SegmentTruth segment = _live[start];
        Require(start == _lastBase && !segment.IsStray, $"segment {start} is appended to, a stray or not the last, which is {_lastBase}");
        if (segment.Header is null)
        {
            Begin(segment, data);
            return;
        }

        using var block = new DecodedBlock();
        while (!data.IsEmpty)
        {
            Require(
                BlockDecoder.TryRead(data, segment.Length, segment.Header.Codec, segment.Header.Sync, block),
                $"an append to segment {start} ends inside a block");
            Take(segment, block, step);
            segment.Length += block.Length;
            data = data[block.Length..];
        }
    }

    public void Sealed(long start)
    {
        SegmentTruth segment = _live[start];
        Require(segment.HasEvents || segment.IsStray, $"segment {start} is sealed without an event");
        segment.IsSealed = true;
        _lastIsSealed |= start == _lastBase && !segment.IsStray;
    }

    public void Deleted(long start) => _live.Remove(start);

    /// <summary>Live segments by base.</summary>
    public IReadOnlyList<SegmentTruth> Live => [.. _live.Values.OrderBy(s => s.Base)];

    public long LastBase => _lastBase;

    private void Begin(SegmentTruth segment, ReadOnlySpan<byte> data)
    {
        Require(
            SegmentHeader.TryRead(data, out SegmentHeader? header, out int length) && length == data.Length,
            $"segment {segment.Base} does not begin with a header alone");
        bool belongs = header!.StreamId == key.StreamId && header.Partition.Value == key.Partition && header.BaseOffset.Value == segment.Base;
        Require(belongs, $"the header of segment {segment.Base} belongs to another stream, partition or segment");
        Require(header.SchemaVersion >= _schemaVersion, $"the schema version of segment {segment.Base} is lower than before");
        _schemaVersion = header.SchemaVersion;
        segment.Header = header;
        segment.Length = length;
    }

    private void Take(SegmentTruth segment, DecodedBlock block, long step)
    {
        if (block.FirstOffset.Value != segment.Next || segment.Next != End)
        {
            throw new ViolationException(ViolationKind.Gap, $"{key}: a block begins with offset {block.FirstOffset} where {End} is due");
        }

        if (block.Batch.Producer is { } producer)
        {
            TakeSequence(producer, block.Batch);
        }

        foreach (DecodedEvent stored in block.GetEvents(segment.Header!.Schema))
        {
            if (stored.Offset.Value != End)
            {
                throw new ViolationException(ViolationKind.Gap, $"{key}: offset {stored.Offset} where {End} is due");
            }

            if (stored.Appended < _lastAppended)
            {
                throw new ViolationException(
                    ViolationKind.TimeReversed, $"{key}: offset {stored.Offset} is stamped {stored.Appended}, the one before {_lastAppended}");
            }

            _lastAppended = stored.Appended;
            _steps.Add(step);
            End++;
        }

        segment.Next = End;
    }

    private void TakeSequence(string producer, BatchRecord batch)
    {
        (ProducerEpoch epoch, SequenceNumber next) = _producers.GetValueOrDefault(producer);
        bool follows = batch.Epoch == epoch ? batch.Sequence == next : batch.Epoch > epoch && batch.Sequence == SequenceNumber.Zero;
        if (!follows)
        {
            throw new ViolationException(
                ViolationKind.SequenceBroken,
                $"{key}: producer {producer} stores epoch {batch.Epoch} sequence {batch.Sequence} "
                    + $"where epoch {epoch} sequence {next} or a later epoch is due");
        }

        _producers[producer] = (batch.Epoch, batch.Sequence.Next);
    }

    private void Require(bool holds, string otherwise)
    {
        if (!holds)
        {
            throw new ViolationException(ViolationKind.BrokenSegments, $"{key}: {otherwise}");
        }
    }
}
