using Headwater.Core.Positions;
using Headwater.Log.Model;

namespace Headwater.Log.Read;

/// <summary>Where a read of a partition begins.</summary>
public readonly record struct ReadFrom
{
    private ReadFrom(ReadFromKind kind, long value) => (Kind, Value) = (kind, value);

    /// <summary>The log start offset.</summary>
    public static ReadFrom Earliest => new(ReadFromKind.Earliest, 0);

    /// <summary>The log end offset, after asking storage: only events appended later.</summary>
    public static ReadFrom Latest => new(ReadFromKind.Latest, 0);

    /// <summary>How the start is stated.</summary>
    public ReadFromKind Kind { get; }

    /// <summary>The offset, or the time in Unix microseconds; 0 for the other kinds.</summary>
    internal long Value { get; }

    /// <summary>This offset, or the next one that compaction left. Reading fails below the log start and beyond the log end.</summary>
    public static ReadFrom At(Offset offset) => new(ReadFromKind.Offset, offset.Value);

    /// <summary>The first event appended at or after this time; the log end if all events are older.</summary>
    public static ReadFrom Since(UnixMicros time) => new(ReadFromKind.Time, time.Value);
}

/// <summary>The ways to state where a read begins.</summary>
public enum ReadFromKind
{
    /// <summary>At the log start offset.</summary>
    Earliest,

    /// <summary>At the log end offset.</summary>
    Latest,

    /// <summary>At a given offset.</summary>
    Offset,

    /// <summary>At the first event appended at or after a given time.</summary>
    Time,
}

/// <summary>One read of one partition.</summary>
/// <param name="Partition">The partition.</param>
/// <param name="From">Where the read begins.</param>
/// <param name="MaxEvents">Maximum number of events, 1 to <see cref="Limits.ReadEventsMax"/>. A raw read returns more if its first block has more.</param>
/// <param name="MaxBytes">
/// Maximum bytes of the blocks, decompressed (raw: stored), at most <see cref="Limits.ReadBytesMax"/>. A read returns at least one event (raw: one block),
/// whatever its size.
/// </param>
/// <param name="Wait">How long to wait for an append if the read begins at the log end; at most <see cref="Limits.WaitMax"/>. Zero: do not wait.</param>
public sealed record ReadRequest(PartitionId Partition, ReadFrom From, int MaxEvents, int MaxBytes, TimeSpan Wait)
{
    /// <summary>
    /// Whether a raw read checks every block by its checksum. Without it, blocks that compaction did not write are relayed after a check of their frames and
    /// counts. A read that decodes events checks every block in any case.
    /// </summary>
    public bool IsVerified { get; init; }
}
