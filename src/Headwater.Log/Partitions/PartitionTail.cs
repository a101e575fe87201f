using Headwater.Contracts.Errors;
using Headwater.Core.Positions;
using Headwater.Core.Segments;
using Headwater.Log.Model;
using Headwater.Log.Segments;

namespace Headwater.Log.Partitions;

/// <summary>
/// A process's cached state of a partition's end: position, producers, request keys and the active segment's index. It only moves forward, by absorbing the
/// segment's bytes from its position. Absorbing the same bytes twice changes nothing, so readers and the appender can both update it. Thread-safe.
/// </summary>
internal sealed class PartitionTail
{
    private readonly Lock _gate = new();

    private readonly ProducerMemory _producers;

    private readonly KeyMemory _keys;

    private readonly IndexBuilder _index = new();

    private TailPosition _position;

    private long _confirmedAt = long.MinValue;

    private bool _isRollUnfinished;

    /// <summary>An older version wrote the header of the segment in which this tail began, so what was forgotten before is not recorded.</summary>
    private bool _isOldStart;

    /// <summary>Starts at the beginning of a segment, before anything of it is read.</summary>
    /// <param name="segmentBase">The base offset of the segment.</param>
    /// <param name="memory">What is remembered; null for the defaults.</param>
    public PartitionTail(Offset segmentBase, MemoryOptions? memory = null)
    {
        _producers = new ProducerMemory(memory ?? MemoryOptions.Default);
        _keys = new KeyMemory(memory ?? MemoryOptions.Default);
        _position = Unread(segmentBase, new UnixMicros(0));
    }

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

    /// <summary>True if the tail was opened at a sealed segment without a successor and has not left it since. The first append finishes the roll.</summary>
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

    /// <summary>Called with the new log end offset whenever it moves, outside the lock.</summary>
    public Action<Offset>? Advanced { get; set; }

    /// <summary>Called with each segment that the tail leaves at its end, outside the lock.</summary>
    public Action<PassedSegment>? Passed { get; set; }

    /// <summary>Restores the tail that a checkpoint describes.</summary>
    public static PartitionTail From(PartitionCheckpoint checkpoint, MemoryOptions? memory = null)
    {
        var tail = new PartitionTail(checkpoint.SegmentBase, memory);
        tail._producers.Restore(checkpoint.Producers, checkpoint.ProducersForgotten);
        tail._keys.Restore(checkpoint);
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
            Keys = checkpoint.Keys.Count,
        };
        return tail;
    }

    /// <summary>
    /// Moves to the segment with this base, unless the tail is already there or further. It is the successor of a sealed segment or, while opening, the next
    /// listed segment.
    /// </summary>
    public void EnterSegment(Offset segmentBase)
    {
        TailPosition left;
        lock (_gate)
        {
            left = _position;
            if (segmentBase <= left.SegmentBase)
            {
                return;
            }

            _position = Unread(segmentBase, left.LastAppended);
            _keys.EndSegment(left.SegmentBase, left.Header);
            _index.Clear();
            _isRollUnfinished = false;
        }

        if (left.Next == segmentBase)
        {
            Passed?.Invoke(new PassedSegment(left.SegmentBase, left.Next, left.Position));
        }
    }

    /// <summary>Learns the header of the current segment. Ignored if the header is already known or belongs to another segment.</summary>
    /// <param name="header">The header.</param>
    /// <param name="length">Bytes of the header, which is the position of the first block.</param>
    public void LearnHeader(SegmentHeader header, int length)
    {
        lock (_gate)
        {
            if (_position.Header is null && _position.SegmentBase == header.BaseOffset)
            {
                Remember(header);
                _position = _position with { Header = TailHeader.Of(header), Position = length, Blocks = Math.Max(1, _position.Blocks) };
            }
        }
    }

    /// <summary>Absorbs the block at the tail's position. Ignores a block at another position or in another segment: the tail has absorbed it before.</summary>
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
            if (_isOldStart)
            {
                ForgetBefore(block.Appended);
            }

            _producers.Note(block.Batch, block.First, block.Appended);
            NoteKey(block);
            _index.Note(block);
            _position = _position with
            {
                Position = block.Position + block.Length,
                Next = block.First + block.Batch.Count,
                LastAppended = block.Appended,
                FirstAppended = _position.FirstAppended ?? block.Appended,
                Keys = _keys.ActiveCount,
            };
        }

        Advanced?.Invoke(block.First + block.Batch.Count);
    }

    /// <summary>Notes how many AppendBlock calls are committed to the segment. The number only goes up.</summary>
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

    /// <summary>Notes that the segment has reached the service's limit of blocks or bytes.</summary>
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

    /// <summary>The position, and the state of these request keys and producers, all at one moment.</summary>
    /// <param name="keys">The request keys.</param>
    /// <param name="producers">The producers.</param>
    /// <param name="lookup">What was read of keys.</param>
    public TailSnapshot Snapshot(IReadOnlyCollection<RequestKey> keys, IReadOnlyCollection<string> producers, KeyLookup lookup)
    {
        var answers = new Dictionary<RequestKey, KeyAnswer>(keys.Count);
        bool isLoaded = true;
        var states = new Dictionary<string, ProducerState>(producers.Count, StringComparer.Ordinal);
        lock (_gate)
        {
            foreach (RequestKey key in keys)
            {
                answers[key] = _keys.Find(key, _position.SegmentBase, _position.LastAppended, lookup);
                isLoaded = _keys.AreLoaded;
            }

            foreach (string producer in producers)
            {
                if (_producers.Find(producer) is { } known)
                {
                    states[producer] = known.State();
                }
            }

            return new TailSnapshot(_position, _confirmedAt, answers, states) { AreKeysLoaded = isLoaded, ProducersForgotten = _producers.Forgotten };
        }
    }

    /// <summary>The state from earlier segments that the header of the current segment must record.</summary>
    public SegmentInheritance Inheritance()
    {
        lock (_gate)
        {
            IReadOnlyList<ProducerState> producers = _producers.Snapshot(_position.LastAppended); // Before the horizon: this may forget producers.
            return new SegmentInheritance(_position.SegmentBase, producers, _producers.Forgotten, [.. _keys.Segments.Select(s => s.Segment)]);
        }
    }

    /// <summary>Reads or changes the memory of request keys at one moment of the tail.</summary>
    public T WithKeys<T>(Func<KeyMemory, TailPosition, T> use)
    {
        lock (_gate)
        {
            return use(_keys, _position);
        }
    }

    /// <summary>Bytes that the tail holds, estimated. Takes constant time.</summary>
    public long Bytes
    {
        get
        {
            lock (_gate)
            {
                return _keys.Bytes + _producers.Bytes + _index.Bytes;
            }
        }
    }

    /// <summary>Notes that storage had nothing that the tail lacks when it was asked, which was at or after this <see cref="Clock.Moment"/>.</summary>
    public void Confirm(long askedAt)
    {
        lock (_gate)
        {
            _confirmedAt = Math.Max(_confirmedAt, askedAt);
        }
    }

    /// <summary>The last index entry at or before the offset, some after it, and the end. None if the tail is in another segment.</summary>
    public SegmentMarks Marks(Offset segmentBase, Offset offset)
    {
        lock (_gate)
        {
            return segmentBase == _position.SegmentBase ? new SegmentMarks(_index.Around(offset), (_position.Position, _position.Next)) : SegmentMarks.None;
        }
    }

    /// <summary>The last index entry before the time. Null if there is none, or the tail is in another segment.</summary>
    public IndexEntry? EntryBefore(Offset segmentBase, UnixMicros time) => Search(segmentBase, entries => IndexSearch.ByTime(entries, time));

    /// <summary>The index of the segment as far as the tail has absorbed it. Null if the tail is in another segment.</summary>
    public SegmentIndex? IndexOf(Offset segmentBase)
    {
        lock (_gate)
        {
            return segmentBase == _position.SegmentBase ? new SegmentIndex([.. _index.Entries], _position.Next, _position.LastAppended) : null;
        }
    }

    /// <summary>A checkpoint of the tail as it is now.</summary>
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
                Producers = _producers.Snapshot(_position.LastAppended), // Before the horizon: this may forget producers.
                ProducersForgotten = _producers.Forgotten,
                Keys = _keys.ActiveIndex(),
                LastKeyed = _keys.LastKeyed,
                KeySegments = [.. _keys.Segments.Select(s => s.Segment)],
                KeysDropped = _keys.Dropped,
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

    /// <summary>
    /// Takes what a header recorded. An older version did not record what it forgot. If the tail began in this segment, that is everything before its first
    /// event, and nothing if it is the first segment; else the tail has seen everything since it began.
    /// </summary>
    private void Remember(SegmentHeader header)
    {
        bool isFirst = header.BaseOffset == Offset.Zero;
        bool isSeen = _position.LastAppended.Value > 0;
        if (header.ProducersForgotten is null && !isFirst)
        {
            _producers.Restore(header.Producers, _position.LastAppended);
            _isOldStart = !isSeen;
        }
        else
        {
            _producers.Restore(header.Producers, header.ProducersForgotten ?? new UnixMicros(0));
        }

        _keys.Learn(header.Keys);
    }

    private void ForgetBefore(UnixMicros appended)
    {
        _isOldStart = false;
        _producers.ForgetUpTo(appended);
        _keys.DropUpTo(appended);
    }

    private void NoteKey(StoredBatch block)
    {
        if (block.Batch is { Request: { } key, Digest: { } digest })
        {
            _keys.Note(new StoredBatchKey(new KeyedBatch(key, digest, block.First, block.Batch.Count), block.Position, block.Appended));
        }

        _keys.Expire(block.Appended);
    }

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
                $"The block at byte {block.Position} of segment {_position.SegmentBase} begins with offset {block.First} "
                + $"where {_position.Next} was due, or goes back in time.");
        }
    }
}
