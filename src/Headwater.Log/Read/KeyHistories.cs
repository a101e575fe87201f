using Headwater.Core.Positions;
using Headwater.Core.Segments;
using Headwater.Log.Budgets;
using Headwater.Log.Segments;

namespace Headwater.Log.Read;

/// <summary>
/// The key histories that a process keeps, up to a number of bytes: beyond it, the least recently used are dropped, and loaded again when they are needed. One
/// is loaded at a time, so at most one more is in memory.
/// </summary>
/// <param name="mostBytes">The limit. A history that alone exceeds it serves those who wait for its load, and is not kept.</param>
internal sealed class KeyHistories(long mostBytes)
{
    /// <summary>A file beside its keys.</summary>
    private const int FileBytes = 256;

    private readonly LruCache<LoadedKeys> _kept = new(mostBytes);

    private readonly CallSlots _loads = new(1);

    public LoadedKeys? Find(PartitionPlace place) => _kept.TryGet(place.Folder, out LoadedKeys? known) ? known : null;

    public void Remove(PartitionPlace place) => _kept.Remove(place.Folder);

    /// <summary>Loads a history when no other is being loaded, and keeps it.</summary>
    public async Task<LoadedKeys> LoadAsync(PartitionPlace place, Func<Task<LoadedKeys>> load)
    {
        LoadedKeys loaded = await _loads.RunAsync(load);
        _kept.Set(place.Folder, loaded, loaded.Files.Sum(f => FileBytes + (long)f.Keys.Bytes));
        return loaded;
    }
}

/// <param name="Active">The base offset of the segment that was active.</param>
/// <param name="Since">The keys were loaded from this time on, if they are there.</param>
/// <param name="Files">Newest first.</param>
/// <param name="IsCut">Whether what was before the last file is gone.</param>
internal sealed record LoadedKeys(Offset Active, UnixMicros Since, IReadOnlyList<KeyFile> Files, bool IsCut)
{
    /// <summary>Whether a load for this time would find no more. Keys that were loaded when a later segment was active include those of earlier ones.</summary>
    public bool Covers(Offset active, UnixMicros since) => Active >= active && (since >= Since || IsCut);

    /// <summary>Whether every keyed batch since this time is in the files.</summary>
    public bool Reaches(UnixMicros since) => !IsCut || (Files.Count > 0 && Files[^1].First < since);
}
