using System.Buffers;
using Headwater.Contracts.Errors;
using Headwater.Core.Positions;
using Headwater.Core.Segments;
using Headwater.Log.Model;
using Headwater.Log.Ports;
using Headwater.Log.Segments;

namespace Headwater.Log.Compaction;

/// <summary>
/// Writes one planned segment: the remaining events of its inputs, without re-encoding them, gathered into large blocks. Blocks that lose no event are copied
/// without recompressing. The blob's name makes the segment live, so the blob is committed last and only if the name does not exist.
/// The bytes depend only on the run and its inputs. Costs one read per 4 MiB of input and one write per 4 MiB of output.
/// </summary>
internal sealed class SegmentRewrite(LogPorts ports, PartitionPlace place, BlockCodec codec, CompactionOptions options, CompactionRun run, ScanProgress found)
{
    /// <summary>Blocks of fewer stored bytes are always merged into larger blocks.</summary>
    private const int WorthCopying = 32 << 10;

    private readonly SegmentScan _segments = new(ports.Blobs);

    /// <summary>A planned segment's sync marker, which identifies the segment: it is unique among the segments of all runs.</summary>
    public static SyncMarker SyncOf(CompactionRun run, PlannedSegment planned) => new(run.Number + ((UInt128)planned.First << 64));

    public string NameOf(PlannedSegment planned) => BlobNames.Compacted(place.Folder, RangeOf(planned), planned.Generation);

    /// <summary>Whether the planned segment exists. Costs one read.</summary>
    /// <exception cref="HeadwaterException">CorruptSegment: a blob of that name exists, but another run wrote it.</exception>
    public async Task<bool> IsPublishedAsync(PlannedSegment planned, CancellationToken cancellation)
    {
        StoredHeader? there = await StoredHeader.ReadAsync(ports.Blobs, NameOf(planned), cancellation);
        return there is not null
            && (there.Header.Sync == SyncOf(run, planned)
                ? true
                : throw new HeadwaterException(ErrorCode.CorruptSegment, $"{NameOf(planned)} was not written by run {run.Id}."));
    }

    /// <summary>Writes a planned segment and its index. The segment must end above the log start, so that at least its last input exists.</summary>
    /// <returns>False if the segment existed already.</returns>
    /// <exception cref="SegmentGoneException">An input above the log start was deleted.</exception>
    public async Task<bool> WriteAsync(PlannedSegment planned, Offset logStart, CancellationToken cancellation)
    {
        using var blob = new BlockBlobWriter(ports.Blobs, ports.Randomness, NameOf(planned), options.PartBytes);
        using var block = new BlockRewriter();
        var target = new Target(blob, block, new IndexBuilder(), SyncOf(run, planned), codec);
        var inputs = new List<(int Index, StoredHeader Header)>();
        for (int i = planned.First; i < planned.First + planned.Count; i++)
        {
            if (await HeaderAsync(run.Inputs[i], logStart, cancellation) is { } header)
            {
                inputs.Add((i, header));
            }
        }

        Begin(target, BeginOf(inputs[0].Index, inputs[0].Header), inputs[0].Header.Header);
        foreach ((int index, StoredHeader header) in inputs)
        {
            await CopyAsync(header, index, target, cancellation);
        }

        target.Flush();
        return await blob.PublishAsync(cancellation) && await WriteIndexAsync(planned, target, cancellation);
    }

    /// <returns>Null if retention deleted the input; its events are ignored.</returns>
    private async Task<StoredHeader?> HeaderAsync(RunInput input, Offset logStart, CancellationToken cancellation)
    {
        StoredHeader? header = await StoredHeader.ReadAsync(ports.Blobs, input.Name, cancellation);
        return header is null && input.Range.End > logStart ? throw new SegmentGoneException(input.Name) : header;
    }

    /// <summary>Writes the header, like the first input's: all inputs of a planned segment have the same schema version.</summary>
    private static void Begin(Target target, Offset begins, SegmentHeader like)
    {
        SegmentHeader header = like.WithoutProducers() with { BaseOffset = begins, Codec = target.Codec, Sync = target.Sync };
        header.WriteTo(target.Blob.Output);
    }

    /// <summary>
    /// The base offset for the header. If retention deleted inputs, it is above the start of the segment's range, so that readers that do not know the new
    /// log start do not mistake the missing offsets for a gap left by compaction.
    /// </summary>
    private Offset BeginOf(int index, StoredHeader first)
    {
        Offset start = run.Inputs[index].Range.Start;
        return first.Header.BaseOffset > start ? first.Header.BaseOffset : start;
    }

    private async Task CopyAsync(StoredHeader input, int index, Target target, CancellationToken cancellation)
    {
        int ordinal = 0;
        await foreach (ScannedBlock scanned in _segments.BlocksAsync(run.Inputs[index].Name, input.Header, input.Length, options.ReadBytes, cancellation))
        {
            using DecodedBlock block = scanned.Block;
            ordinal = CopyBlock(scanned, input.Header, index, ordinal, target);
            await target.Blob.FlushAsync(cancellation);
        }
    }

    /// <summary>Copies the block's remaining events. Copies the block as stored if it loses no event, is large enough and has the target's codec.</summary>
    /// <returns>The number, in the input, of the next block's first event.</returns>
    private int CopyBlock(ScannedBlock scanned, SegmentHeader header, int index, int first, Target target)
    {
        OffsetRange range = run.Inputs[index].Range;
        RemovalBitmap marks = found.Marks[index];
        int next = first;
        int left = 0;
        (Offset, UnixMicros) last = default;
        foreach (DecodedEvent view in scanned.Block.GetEvents(header.Schema))
        {
            last = (view.Offset, view.Appended);
            if (range.Contains(view.Offset))
            {
                left += marks[next++] ? 0 : 1;
            }
        }

        if (left == scanned.Block.Count && scanned.Stored.Length >= WorthCopying && header.Codec == target.Codec)
        {
            target.CopyWhole(scanned, last);
            return next;
        }

        int ordinal = first;
        foreach (DecodedEvent view in scanned.Block.GetEvents(header.Schema))
        {
            if (range.Contains(view.Offset) && !marks[ordinal++])
            {
                target.Add(view, options.BlockBytes);
            }
        }

        return next;
    }

    /// <summary>
    /// Writes the index after the segment. Only the process that published the segment writes the index, so the index matches the bytes. Readers scan a
    /// segment without an index.
    /// </summary>
    /// <returns>Always true.</returns>
    private async Task<bool> WriteIndexAsync(PlannedSegment planned, Target target, CancellationToken cancellation)
    {
        if (target.Last is not { } last)
        {
            return true;
        }

        var bytes = new ArrayBufferWriter<byte>();
        new SegmentIndex(target.Index.Entries, last.Offset.Next, last.Appended).WriteTo(bytes);
        await ports.Blobs.WriteAsync(BlobNames.IndexOf(NameOf(planned)), bytes.WrittenMemory, WriteCondition.IfAbsent, cancellation);
        return true;
    }

    public OffsetRange RangeOf(PlannedSegment planned) => new(run.Inputs[planned.First].Range.Start, run.Inputs[planned.First + planned.Count - 1].Range.End);

    /// <summary>The segment being written.</summary>
    private sealed class Target(BlockBlobWriter blob, BlockRewriter block, IndexBuilder index, SyncMarker sync, BlockCodec codec)
    {
        private int _blocks;

        public BlockBlobWriter Blob => blob;

        public IndexBuilder Index => index;

        public SyncMarker Sync => sync;

        public BlockCodec Codec => codec;

        /// <summary>Offset and append time of the last event; null while there is none.</summary>
        public (Offset Offset, UnixMicros Appended)? Last { get; private set; }

        public void Add(DecodedEvent view, int blockBytes)
        {
            block.Add(view);
            Last = (view.Offset, view.Appended);
            if (block.Bytes >= blockBytes)
            {
                Flush();
            }
        }

        public void CopyWhole(ScannedBlock scanned, (Offset Offset, UnixMicros Appended) last)
        {
            Flush();
            index.Note(blob.Length, scanned.Block.FirstOffset, scanned.Block.Appended);
            blob.Output.Write(scanned.Stored.Span[..^SyncMarker.Size]);
            sync.TryWriteBytes(blob.Output.GetSpan(SyncMarker.Size));
            blob.Output.Advance(SyncMarker.Size);
            Last = last;
        }

        public void Flush()
        {
            if (block.Count == 0)
            {
                return;
            }

            index.Note(blob.Length, block.FirstOffset, block.FirstAppended);
            block.WriteTo(new BatchId(sync.Value + (UInt128)(++_blocks)), codec, sync, blob.Output);
        }
    }
}
