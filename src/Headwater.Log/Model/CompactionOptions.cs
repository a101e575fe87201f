using Headwater.Core.Partitioning;
using Headwater.Core.Segments;

namespace Headwater.Log.Model;

/// <summary>Tuning of compaction. The defaults are for production; tests use small values.</summary>
public sealed record CompactionOptions
{
    /// <summary>The defaults of all options.</summary>
    public static CompactionOptions Default { get; } = new();

    /// <summary>
    /// Default of <see cref="CompactionSettings.MinLag"/>: a segment whose last event is younger than this is not compacted.
    /// </summary>
    public TimeSpan MinLag { get; init; } = TimeSpan.FromHours(1);

    /// <summary>
    /// Default of <see cref="CompactionSettings.TombstoneRetention"/>: how long a tombstone stays after compaction removed the older events of its key. At
    /// least <see cref="Grace"/> applies.
    /// </summary>
    public TimeSpan TombstoneRetention { get; init; } = TimeSpan.FromDays(1);

    /// <summary>
    /// How long a replaced segment is kept for readers that are reading it and for holders of its signed URL. Must be more than
    /// <see cref="LogOptions.SignedUrlLifetime"/> and <see cref="LogOptions.ListingAge"/>.
    /// </summary>
    public TimeSpan Grace { get; init; } = TimeSpan.FromMinutes(65);

    /// <summary>
    /// Timers compact an entity stream's partition once this share of its compactable bytes, 0 to 1, is not yet compacted. On demand, any share above 0 is
    /// compacted.
    /// </summary>
    public double DirtyRatio { get; init; } = 0.5;

    /// <summary>
    /// Age of the last event from which a sealed append-blob segment of an event stream is rewritten as a block blob, which can be moved to a cooler tier.
    /// </summary>
    public TimeSpan RewriteAfter { get; init; } = TimeSpan.FromDays(30);

    /// <summary>Bytes of memory for keys. If the keys need more, the partition is scanned in several passes, each for a range of key hashes.</summary>
    public long KeyBytes { get; init; } = 48L << 20;

    /// <summary>Uncompressed size of the blocks that compaction writes, in bytes.</summary>
    public int BlockBytes { get; init; } = 256 << 10;

    /// <summary>Bytes of one upload (one staged block of the new block blob).</summary>
    public int PartBytes { get; init; } = 4 << 20;

    /// <summary>Bytes of one download. More for a block that does not fit.</summary>
    public int ReadBytes { get; init; } = 4 << 20;

    /// <summary>Adjacent segments are merged up to about this many bytes.</summary>
    public long TargetBytes { get; init; } = 256L << 20;

    /// <summary>The progress of a scan is saved whenever this many stored bytes have been scanned, and at the end of a slice.</summary>
    public long SaveBytes { get; init; } = 64L << 20;

    /// <summary>How much longer a lease lasts than the budget of the call that took it, to cover the step in progress when the budget ends.</summary>
    public TimeSpan LeaseMargin { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Tests replace it with a weak hash to provoke collisions.</summary>
    internal KeyHash Hash { get; init; } = Seeded;

    /// <summary>
    /// 64 bits that depend on every byte of the key. Keys with equal hashes cost time, not correctness. The seed changes which keys share a bucket or a range,
    /// but keys that agree in both Murmur2 and CRC-32C collide under every seed.
    /// </summary>
    private static ulong Seeded(ReadOnlySpan<byte> key, ulong seed)
    {
        ulong hash = (((ulong)(uint)Murmur2.Hash(key) << 32) | Crc32C.Of(key)) ^ seed;
        hash = (hash ^ (hash >> 33)) * 0xff51afd7ed558ccdUL; // The finaliser of MurmurHash3, by Austin Appleby (public domain).
        hash = (hash ^ (hash >> 33)) * 0xc4ceb9fe1a85ec53UL;
        return hash ^ (hash >> 33);
    }
}

internal delegate ulong KeyHash(ReadOnlySpan<byte> key, ulong seed);
