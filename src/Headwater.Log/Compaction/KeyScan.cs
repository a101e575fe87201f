using Headwater.Core.Positions;
using Headwater.Core.Segments;
using Headwater.Log.Clock;
using Headwater.Log.Model;
using Headwater.Log.Ports;
using Headwater.Log.Segments;

namespace Headwater.Log.Compaction;

/// <summary>
/// Marks the events to remove. First scans the dirty part in offset order: each event of a key marks the previous one of that key. Then scans the clean part,
/// where a key has at most one event: marks it if the key occurs in the dirty part, or if it is a tombstone past its retention. Costs one read per input for
/// the header and one per 4 MiB of log, in each pass. If the keys of a pass need too much memory, the pass gives up the upper half of its range of hashes, and
/// a later pass scans for that half.
/// </summary>
internal sealed class KeyScan(IBlobs blobs, CompactionOptions options, CompactionRun run, ScanProgress progress, Offset logStart)
{
    /// <summary>A pass with at most this many keys is not narrowed, even if they exceed the memory limit, so that every pass makes progress.</summary>
    private const int FewestKeys = 4;

    private readonly SegmentScan _segments = new(blobs);

    private readonly int[] _order =
    [
        .. Enumerable.Range(0, run.Inputs.Count).Where(i => run.Inputs[i].End > run.CleanTo),
        .. Enumerable.Range(0, run.Inputs.Count).Where(i => run.Inputs[i].End <= run.CleanTo),
    ];

    private long _unsaved;

    /// <summary>Continues the scan until it is done or the slice is over.</summary>
    /// <param name="slice">Checked after each block.</param>
    /// <param name="save">Saves the progress. Called after each <see cref="CompactionOptions.SaveBytes"/> bytes, and at the end.</param>
    /// <param name="cancellation">Stops waiting.</param>
    /// <returns>False if the slice is over.</returns>
    /// <exception cref="SegmentGoneException">An input above the log start was deleted.</exception>
    public async Task<bool> GoOnAsync(TimeSlice slice, Func<Task> save, CancellationToken cancellation)
    {
        while (!progress.IsDone)
        {
            if (!await ScanInputAsync(slice, save, cancellation))
            {
                await save();
                return false;
            }

            NextInput();
        }

        await save();
        return true;
    }

    private async Task<bool> ScanInputAsync(TimeSlice slice, Func<Task> save, CancellationToken cancellation)
    {
        RunInput input = run.Inputs[_order[progress.Step]];
        if (await StoredHeader.ReadAsync(blobs, input.Name, cancellation) is not { } known)
        {
            return input.Range.End <= logStart ? true : throw new SegmentGoneException(input.Name); // Ignore an input that retention deleted.
        }

        progress.SchemaVersions[_order[progress.Step]] = known.Header.SchemaVersion;
        progress.Position = Math.Max(progress.Position, known.Length);
        await foreach (ScannedBlock scanned in _segments.BlocksAsync(input.Name, known.Header, progress.Position, options.ReadBytes, cancellation))
        {
            using DecodedBlock block = scanned.Block;
            int length = block.Length;
            ScanBlock(block, known.Header, input);
            progress.Position += length;
            _unsaved += length;
            if (slice.IsOver)
            {
                return false;
            }

            if (_unsaved >= options.SaveBytes)
            {
                await save();
                _unsaved = 0;
            }
        }

        return true;
    }

    private void ScanBlock(DecodedBlock block, SegmentHeader header, RunInput input)
    {
        int index = _order[progress.Step];
        bool isDirty = input.End > run.CleanTo;
        foreach (DecodedEvent view in block.GetEvents(header.Schema))
        {
            if (!input.Range.Contains(view.Offset))
            {
                continue;
            }

            var place = new EventPlace(index, progress.Ordinal++);
            if (view.HasKey)
            {
                Look(view, place, isDirty);
            }
        }

        if (progress.Table.Bytes > options.KeyBytes && progress.Table.Count > FewestKeys && progress.RangeTo > progress.RangeFrom)
        {
            progress.RangeTo = progress.RangeFrom + ((progress.RangeTo - progress.RangeFrom) / 2);
            progress.Table.Forget(progress.RangeTo + 1);
        }
    }

    private void Look(DecodedEvent view, EventPlace place, bool isDirty)
    {
        ulong hash = options.Hash(view.Key, run.Seed);
        if (hash < progress.RangeFrom || hash > progress.RangeTo)
        {
            return;
        }

        bool isExpired = view.IsTombstone && view.Offset.Value < run.TombstonesBelow;
        EventPlace? gone = isDirty ? progress.Table.Note(hash, view.Key, place) : isExpired || progress.Table.Contains(hash, view.Key) ? place : null;
        progress.Tombstones += view.IsTombstone && gone != place ? 1 : 0;
        if (gone is { } marked)
        {
            progress.Marks[marked.Input].Mark(marked.Ordinal);
        }
    }

    private void NextInput()
    {
        progress.Events[_order[progress.Step]] = progress.Ordinal;
        progress.Step++;
        (progress.Position, progress.Ordinal) = (0, 0);
        if (progress.Step < _order.Length)
        {
            return;
        }

        progress.Keys += progress.Table.Count;
        progress.Table.Clear();
        progress.Step = 0;
        progress.IsDone = progress.RangeTo == ulong.MaxValue;
        if (!progress.IsDone)
        {
            progress.Passes++;
            (progress.RangeFrom, progress.RangeTo) = (progress.RangeTo + 1, ulong.MaxValue);
        }
    }
}
