using Headwater.Contracts.Errors;
using Headwater.Core.Positions;
using Headwater.Core.Segments;
using Headwater.Log.Segments;

namespace Headwater.Log.Read;

/// <summary>
/// The request keys of the sealed segments of one partition from some time on, contiguous with the active segment: what the key memory has forgotten. Loaded
/// for queue messages that are older than the window; one load serves all that wait. Costs one listing, and one read per segment or, without its key file, one
/// read per 4 MiB of it. 8 bytes per key, in <see cref="KeyHistories"/>. Thread-safe.
/// </summary>
/// <param name="partition">The partition.</param>
/// <param name="mostKeys">The limit.</param>
internal sealed class KeyHistory(ReadablePartition partition, long mostKeys)
{
    private readonly Lock _gate = new();

    private Task<LoadedKeys>? _loading;

    /// <summary>Drops what is loaded.</summary>
    public void Release() => partition.Histories.Remove(partition.Place);

    /// <summary>The keys of the segments before the active one, from the segment on that holds the time.</summary>
    /// <param name="active">The base offset of the active segment.</param>
    /// <param name="since">The time.</param>
    /// <param name="cancellation">Stops waiting; the load goes on for the others.</param>
    /// <exception cref="HeadwaterException">KeyForgotten: segments since that time were deleted, or have too many keys.</exception>
    public async Task<IReadOnlyList<KeyFile>> SinceAsync(Offset active, UnixMicros since, CancellationToken cancellation)
    {
        LoadedKeys? known = partition.Histories.Find(partition.Place);
        while (known?.Covers(active, since) != true)
        {
            Task<LoadedKeys> loading;
            lock (_gate)
            {
                LoadedKeys? before = known;
                loading = _loading ?? partition.Histories.LoadAsync(partition.Place, () => LoadAsync(before, active, since));
                _loading = loading.IsCompleted ? null : loading;
            }

            _ = ForgetAsync(loading);

            known = await loading.WaitAsync(cancellation);
        }

        return known.Reaches(since) ? known.Files : throw Forgotten();
    }

    /// <summary>A load that has ended is kept by <see cref="KeyHistories"/> alone, whose memory has a limit.</summary>
    private async Task ForgetAsync(Task<LoadedKeys> loading)
    {
        await ((Task)loading).ConfigureAwait(ConfigureAwaitOptions.ContinueOnCapturedContext | ConfigureAwaitOptions.SuppressThrowing);
        lock (_gate)
        {
            _loading = _loading == loading ? null : _loading;
        }
    }

    private async Task<LoadedKeys> LoadAsync(LoadedKeys? before, Offset active, UnixMicros since)
    {
        IReadOnlyList<SegmentFile> listed = await partition.ListAsync(CancellationToken.None);
        var files = new List<KeyFile>();
        Offset end = active;
        long keys = 0;
        foreach (SegmentFile segment in listed.Where(f => f.Generation == 0 && f.Base < active && f.Sealed).OrderByDescending(f => f.Base))
        {
            KeyFile? file = before?.Files.FirstOrDefault(f => f.Base == segment.Base) ?? await partition.Keys.FileAsync(segment.Base, CancellationToken.None);
            keys += file?.Keys.Count ?? 0;
            if (file is null || file.End != end || keys > mostKeys)
            {
                return new LoadedKeys(active, since, files, IsCut: true);
            }

            files.Add(file);
            end = file.Base;
            if (file.First < since)
            {
                return new LoadedKeys(active, since, files, IsCut: false);
            }
        }

        return new LoadedKeys(active, since, files, IsCut: end != Offset.Zero);
    }

    /// <summary>The refusal of a batch that may have been appended and removed since.</summary>
    public static HeadwaterException Forgotten() =>
        new(
            ErrorCode.KeyForgotten,
            "The batch is older than the request keys that the partition remembers, and compaction or retention has removed batch records since it was queued, "
            + "so it cannot be told whether it is appended already. Read the partition: if the events are missing, redrive the message with force=true.");
}
