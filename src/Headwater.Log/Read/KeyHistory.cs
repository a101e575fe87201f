using Headwater.Contracts.Errors;
using Headwater.Core.Positions;
using Headwater.Core.Segments;
using Headwater.Log.Segments;

namespace Headwater.Log.Read;

/// <summary>
/// The request keys of the sealed segments of one partition from some time on, contiguous with the active segment: what the key memory has forgotten. Loaded
/// for queue messages that are older than the window; one load serves all that wait. Costs one listing, and one read per segment or, without its key file, one
/// read per 4 MiB of it. 8 bytes per key. Thread-safe.
/// </summary>
/// <param name="partition">The partition.</param>
/// <param name="mostKeys">The limit.</param>
internal sealed class KeyHistory(ReadablePartition partition, long mostKeys)
{
    private readonly Lock _gate = new();

    private Loaded? _loaded;

    private Task<Loaded>? _loading;

    /// <summary>Drops what is loaded.</summary>
    public void Release()
    {
        lock (_gate)
        {
            _loaded = null;
        }
    }

    /// <summary>The keys of the segments before the active one, from the segment on that holds the time.</summary>
    /// <param name="active">The base offset of the active segment.</param>
    /// <param name="since">The time.</param>
    /// <param name="cancellation">Stops waiting; the load goes on for the others.</param>
    /// <exception cref="HeadwaterException">KeyForgotten: segments since that time were deleted, or have too many keys.</exception>
    public async Task<IReadOnlyList<KeyFile>> SinceAsync(Offset active, UnixMicros since, CancellationToken cancellation)
    {
        while (true)
        {
            Task<Loaded> loading;
            lock (_gate)
            {
                if (_loaded is { } known && known.Covers(active, since))
                {
                    return known.Reaches(since) ? known.Files : throw Forgotten();
                }

                loading = _loading is { IsCompleted: false } running ? running : _loading = LoadAsync(_loaded, active, since);
            }

            Loaded loaded = await loading.WaitAsync(cancellation);
            lock (_gate)
            {
                _loaded = loaded;
            }

            if (loaded.Active > active)
            {
                return loaded.Reaches(since) ? loaded.Files : throw Forgotten(); // The log has rolled; the caller sees it by the active segment.
            }
        }
    }

    private async Task<Loaded> LoadAsync(Loaded? before, Offset active, UnixMicros since)
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
                return new Loaded(active, since, files, IsCut: true);
            }

            files.Add(file);
            end = file.Base;
            if (file.First < since)
            {
                return new Loaded(active, since, files, IsCut: false);
            }
        }

        return new Loaded(active, since, files, IsCut: end != Offset.Zero);
    }

    /// <summary>The refusal of a batch that may have been appended and removed since.</summary>
    public static HeadwaterException Forgotten() =>
        new(
            ErrorCode.KeyForgotten,
            "The batch is older than the request keys that the partition remembers, and compaction or retention has removed batch records since it was queued, "
            + "so it cannot be told whether it is appended already. Read the partition: if the events are missing, redrive the message with force=true.");

    /// <param name="Active">The base offset of the segment that was active.</param>
    /// <param name="Since">The keys were loaded from this time on, if they are there.</param>
    /// <param name="Files">Newest first.</param>
    /// <param name="IsCut">Whether what was before the last file is gone.</param>
    private sealed record Loaded(Offset Active, UnixMicros Since, IReadOnlyList<KeyFile> Files, bool IsCut)
    {
        /// <summary>Whether a load for this time would find no more.</summary>
        public bool Covers(Offset active, UnixMicros since) => Active == active && (since >= Since || IsCut);

        /// <summary>Whether every keyed batch since this time is in the files.</summary>
        public bool Reaches(UnixMicros since) => !IsCut || (Files.Count > 0 && Files[^1].First < since);
    }
}
