using Headwater.Core.Partitioning;
using Headwater.Core.Segments;

namespace Headwater.Log.Model;

/// <summary>Tuning of compaction with defaults that fit production; tests make them small.</summary>
public sealed record CompactionOptions
{
    public static CompactionOptions Default { get; } = new();

    /// <summary>Events younger than this stay as they are, for streams that say nothing else.</summary>
    public TimeSpan MinLag { get; init; } = TimeSpan.FromHours(1);

    /// <summary>How long a tombstone stays after it became cleanable, for streams that say nothing else.</summary>
    public TimeSpan TombstoneRetention { get; init; } = TimeSpan.FromDays(1);

    /// <summary>
    /// How long a segment that was replaced stays, for readers in the middle of it and holders of signed URLs. More than
    /// <see cref="LogOptions.SignedUrlLifetime"/>.
    /// </summary>
    public TimeSpan Grace { get; init; } = TimeSpan.FromMinutes(65);

    /// <summary>Share of bytes not cleaned yet from which timers find it worth a run; on demand any will do.</summary>
    public double DirtyRatio { get; init; } = 0.5;

    /// <summary>Age from which sealed append-blob segments of event streams are rewritten as block blobs, which can be moved to cooler tiers.</summary>
    public TimeSpan RewriteAfter { get; init; } = TimeSpan.FromDays(30);

    /// <summary>Memory for keys; beyond it the partition is scanned in several passes, by ranges of the keys' hashes.</summary>
    public long KeyBytes { get; init; } = 48L << 20;

    /// <summary>Uncompressed bytes of a block written.</summary>
    public int BlockBytes { get; init; } = 256 << 10;

    /// <summary>Bytes of one upload.</summary>
    public int PartBytes { get; init; } = 4 << 20;

    /// <summary>Bytes of one download.</summary>
    public int ReadBytes { get; init; } = 4 << 20;

    /// <summary>Neighbours are merged up to about this size.</summary>
    public long TargetBytes { get; init; } = 256L << 20;

    /// <summary>What a scan found out is saved after this many bytes read, and at the end of a slice.</summary>
    public long SaveBytes { get; init; } = 64L << 20;

    /// <summary>How long a lease outlasts the budget of the call that took it: time for the step it is in.</summary>
    public TimeSpan LeaseMargin { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Tests weaken it.</summary>
    internal KeyHash Hash { get; init; } = Seeded;

    /// <summary>64 bits that depend on all of the key. Nothing is lost when two keys have one hash; a seed keeps callers from aiming at that.</summary>
    private static ulong Seeded(ReadOnlySpan<byte> key, ulong seed)
    {
        ulong hash = (((ulong)(uint)Murmur2.Hash(key) << 32) | Crc32C.Of(key)) ^ seed;
        hash = (hash ^ (hash >> 33)) * 0xff51afd7ed558ccdUL; // The finaliser of MurmurHash3, by Austin Appleby (public domain).
        hash = (hash ^ (hash >> 33)) * 0xc4ceb9fe1a85ec53UL;
        return hash ^ (hash >> 33);
    }
}

internal delegate ulong KeyHash(ReadOnlySpan<byte> key, ulong seed);
