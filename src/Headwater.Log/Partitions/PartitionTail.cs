using Headwater.Contracts.Errors;
using Headwater.Core.Positions;
using Headwater.Core.Segments;
using Headwater.Log.Segments;

namespace Headwater.Log.Partitions;

/// <summary>
/// A process's cached state of a partition's end: position, producers, request keys and the active segment's index. It only moves forward, by absorbing the
/// segment's bytes from its position. Absorbing the same bytes twice changes nothing, so readers and the appender can both update it. Thread-safe.
/// </summary>
internal sealed class PartitionTail
{
    private readonly Lock _gate = new();

    private readonly ProducerMemory _producers = new();

    private readonly KeyMemory _keys = new();

    private readonly IndexBuilder _index = new();

    private TailPosition _position;

    private long _confirmedAt = long.MinValue;

    private bool _isRollUnfinished;

    /// <summary>Starts at a segment nothing is known of yet.</summary>
    public PartitionTail(Offset segmentBase) => _position = Unread(segmentBase, new UnixMicros(0));

    public TailPosition Position
    {
        get
        {
            lock (_gate)
            {
                return _position;
            }
        }
    }

    /// <summary>The tail was opened at a sealed segment without successor and has not entered one since: the first append finishes the roll.</summary>
    public bool IsRollUnfinished
    {
        get
        {
            lock (_gate)
            {
                return _isRollUnfinished;
            }
        }
    }

    /// <summary>Told the new log end whenever it moves; called outside the lock.</summary>
    public Action<Offset>? Advanced { get; set; }

    /// <summary>Takes up where a checkpoint left off.</summary>
    public static PartitionTail From(PartitionCheckpoint checkpoint)
    {
        var tail = new PartitionTail(checkpoint.SegmentBase);
        tail._producers.Restore(checkpoint.Producers);
        tail._keys.Restore(checkpoint.Keys);
        tail._index.Restore(checkpoint.Index);
        tail._position = new TailPosition
        {
            SegmentBase = checkpoint.SegmentBase,
            Position = checkpoint.Position,
            Next = checkpoint.Next,
            LastAppended = checkpoint.LastAppended,
            Blocks = checkpoint.Blocks,
            Header = new TailHeader(checkpoint.SchemaVersion, checkpoint.Codec, checkpoint.Sync),
            FirstAppended = checkpoint.Index.Count > 0 ? checkpoint.Index[0].Appended : null,
        };
        return tail;
    }

    /// <summary>Moves on to the segment that follows the sealed one (or, while opening, past segments that are gone).</summary>
    public void EnterSegment(Offset segmentBase)
    {
        lock (_gate)
        {
            if (segmentBase > _position.SegmentBase)
            {
                _position = Unread(segmentBase, _position.LastAppended);
                _index.Clear();
                _isRollUnfinished = false;
            }
        }
    }

    /// <summary>Learns the header of the segment based at its own base offset, unless that is known already.</summary>
    public void LearnHeader(SegmentHeader header, int length)
    {
        lock (_gate)
        {
            if (_position.Header is null && _position.SegmentBase == header.BaseOffset)
            {
                _producers.Restore(header.Producers);
                _position = _position with { Header = TailHeader.Of(header), Position = length, Blocks = Math.Max(1, _position.Blocks) };
            }
        }
    }

    /// <summary>Takes in a block that stands at its position in the segment; blocks known already are passed over.</summary>
    /// <exception cref="HeadwaterException">CorruptSegment: the block does not continue the log.</exception>
    public void Absorb(Offset segmentBase, StoredBatch block)
    {
        lock (_gate)
        {
            if (segmentBase != _position.SegmentBase || block.Position != _position.Position)
            {
                return;
            }

            RequireContinues(block);
            _producers.Note(block.Batch, block.First, block.Appended);
            _keys.Note(block.Batch, block.First);
            _index.Note(block);
            _position = _position with
            {
                Position = block.Position + block.Length,
                Next = block.First + block.Batch.Count,
                LastAppended = block.Appended,
                FirstAppended = _position.FirstAppended ?? block.Appended,
            };
        }

        Advanced?.Invoke(block.First + block.Batch.Count);
    }

    /// <summary>Notes how many AppendBlock calls the segment has taken.</summary>
    public void CountBlocks(Offset segmentBase, int committed)
    {
        lock (_gate)
        {
            if (segmentBase == _position.SegmentBase && committed > _position.Blocks)
            {
                _position = _position with { Blocks = committed };
            }
        }
    }

    /// <summary>Notes that the service takes no more appends to the segment.</summary>
    public void MarkFull(Offset segmentBase)
    {
        lock (_gate)
        {
            if (segmentBase == _position.SegmentBase)
            {
                _position = _position with { IsFull = true };
            }
        }
    }

    /// <summary>Notes that the segment is sealed and has no successor yet.</summary>
    public void MarkRollUnfinished()
    {
        lock (_gate)
        {
            _isRollUnfinished = true;
        }
    }

    /// <summary>The position, and what is remembered of these keys and producers, as of one moment. Copies only what is asked for.</summary>
    public TailSnapshot Snapshot(IReadOnlyCollection<RequestKey> keys, IReadOnlyCollection<string> producers)
    {
        var batches = new Dictionary<RequestKey, KeyedBatch>(keys.Count);
        var states = new Dictionary<string, ProducerState>(producers.Count, StringComparer.Ordinal);
        lock (_gate)
        {
            foreach (RequestKey key in keys)
            {
                if (_keys.Find(key) is { } batch)
                {
                    batches[key] = batch;
                }
            }

            foreach (string producer in producers)
            {
                if (_producers.Find(producer) is { } known)
                {
                    states[producer] = known.State();
                }
            }

            return new TailSnapshot(_position, _confirmedAt, batches, states);
        }
    }

    /// <summary>What the header of the segment based here says about the segments before it.</summary>
    public (Offset SegmentBase, IReadOnlyList<ProducerState> Producers, Offset? KeysSince) Inheritance()
    {
        lock (_gate)
        {
            return (_position.SegmentBase, _producers.Snapshot(_position.LastAppended), _keys.Since);
        }
    }

    /// <summary>Where the remembered keyed batches begin, if this key is not among them and older ones may be forgotten; null otherwise.</summary>
    public Offset? ForgottenBefore(RequestKey key)
    {
        lock (_gate)
        {
            return _keys.Find(key) is null && _keys.IsFull ? _keys.Since : null;
        }
    }

    /// <summary>Remembers an older keyed batch that was found in the log.</summary>
    public void Recall(KeyedBatch batch)
    {
        lock (_gate)
        {
            _keys.Recall(batch);
        }
    }

    /// <summary>Storage, asked no earlier than this moment, held nothing that is not known here.</summary>
    public void Confirm(long askedAt)
    {
        lock (_gate)
        {
            _confirmedAt = Math.Max(_confirmedAt, askedAt);
        }
    }

    /// <summary>A block of the active segment at or before the offset; null if none is known, or the segment is another.</summary>
    public IndexEntry? EntryBefore(Offset segmentBase, Offset offset) => Search(segmentBase, entries => IndexSearch.ByOffset(entries, offset));

    /// <summary>A block of the active segment appended before the time; null likewise.</summary>
    public IndexEntry? EntryBefore(Offset segmentBase, UnixMicros time) => Search(segmentBase, entries => IndexSearch.ByTime(entries, time));

    /// <summary>The index of the segment the tail stands in, complete once that is sealed; null if it stands in another by now.</summary>
    public SegmentIndex? IndexOf(Offset segmentBase)
    {
        lock (_gate)
        {
            return segmentBase == _position.SegmentBase ? new SegmentIndex([.. _index.Entries], _position.Next, _position.LastAppended) : null;
        }
    }

    /// <returns>Null while the segment's header is unknown.</returns>
    public PartitionCheckpoint? Checkpoint(string streamId, PartitionId partition)
    {
        lock (_gate)
        {
            return _position.Header is not { } header ? null : new PartitionCheckpoint
            {
                StreamId = streamId,
                Partition = partition,
                SegmentBase = _position.SegmentBase,
                Position = _position.Position,
                Next = _position.Next,
                LastAppended = _position.LastAppended,
                Blocks = _position.Blocks,
                SchemaVersion = header.SchemaVersion,
                Codec = header.Codec,
                Sync = header.Sync,
                Producers = _producers.Snapshot(_position.LastAppended),
                Keys = _keys.Snapshot(),
                Index = [.. _index.Entries],
            };
        }
    }

    private static TailPosition Unread(Offset segmentBase, UnixMicros lastAppended) => new()
    {
        SegmentBase = segmentBase,
        Position = 0,
        Next = segmentBase,
        LastAppended = lastAppended,
        Blocks = 0,
    };

    private IndexEntry? Search(Offset segmentBase, Func<IReadOnlyList<IndexEntry>, IndexEntry?> search)
    {
        lock (_gate)
        {
            return segmentBase == _position.SegmentBase ? search(_index.Entries) : null;
        }
    }

    private void RequireContinues(StoredBatch block)
    {
        if (block.First != _position.Next || block.Appended < _position.LastAppended)
        {
            throw new HeadwaterException(
                ErrorCode.CorruptSegment,
                $"The block at byte {block.Position} of segment {_position.SegmentBase} begins with offset {block.First} where {_position.Next} was due, or goes back in time.");
        }
    }
}
