using Headwater.Core.Positions;
using Headwater.Log.Model;

namespace Headwater.Log.Read;

/// <summary>Where to begin reading a partition.</summary>
public readonly record struct ReadFrom
{
    private ReadFrom(ReadFromKind kind, long value) => (Kind, Value) = (kind, value);

    public static ReadFrom Earliest => new(ReadFromKind.Earliest, 0);

    public static ReadFrom Latest => new(ReadFromKind.Latest, 0);

    public ReadFromKind Kind { get; }

    internal long Value { get; }

    public static ReadFrom At(Offset offset) => new(ReadFromKind.Offset, offset.Value);

    /// <summary>The first event appended at or after this time.</summary>
    public static ReadFrom Since(UnixMicros time) => new(ReadFromKind.Time, time.Value);
}

public enum ReadFromKind
{
    Earliest,
    Latest,
    Offset,
    Time,
}

/// <param name="Partition">Which partition.</param>
/// <param name="From">Where to begin.</param>
/// <param name="MaxEvents">1 to <see cref="Limits.ReadEventsMax"/>.</param>
/// <param name="MaxBytes">Stored bytes, at most <see cref="Limits.ReadBytesMax"/>; at least one event (raw: one block) is answered whatever its size.</param>
/// <param name="Wait">How long to wait at the log end for something to come, at most <see cref="Limits.WaitMax"/>.</param>
public sealed record ReadRequest(PartitionId Partition, ReadFrom From, int MaxEvents, int MaxBytes, TimeSpan Wait);
