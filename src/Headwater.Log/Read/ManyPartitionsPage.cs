using Headwater.Core.Positions;

namespace Headwater.Log.Read;

/// <summary>One read of several partitions.</summary>
/// <param name="Starts">Where each partition's read begins; each partition once, at least one.</param>
/// <param name="MaxEvents">Maximum number of events, 1 to <see cref="Model.Limits.ReadEventsMax"/>.</param>
/// <param name="MaxBytes">
/// Maximum bytes of the blocks, decompressed, at most <see cref="Model.Limits.ReadBytesMax"/>. A read returns at least one event, whatever its size.
/// </param>
/// <param name="Wait">How long to wait for an append to any of the partitions if none has events; at most <see cref="Model.Limits.WaitMax"/>.</param>
public sealed record StreamReadRequest(IReadOnlyList<PartitionStart> Starts, int MaxEvents, int MaxBytes, TimeSpan Wait)
{
    /// <summary>The partition with which the page begins; the others follow in their order, so that none waits for the ones before it for ever.</summary>
    public PartitionId First { get; init; }
}

/// <summary>Where a read of a partition begins.</summary>
/// <param name="Partition">The partition.</param>
/// <param name="From">The start.</param>
public readonly record struct PartitionStart(PartitionId Partition, ReadFrom From);

/// <summary>An offset of a partition.</summary>
/// <param name="Partition">The partition.</param>
/// <param name="Offset">The offset.</param>
public readonly record struct PartitionPosition(PartitionId Partition, Offset Offset);

/// <summary>A page of events of several partitions. Holds pooled buffers: dispose it.</summary>
/// <param name="parts">The pages of the partitions that have events, owned by this page.</param>
/// <param name="next">Where the next read of each partition begins, in partition order.</param>
public sealed class ManyPartitionsPage(IReadOnlyList<EventPagePart> parts, IReadOnlyList<PartitionPosition> next) : IDisposable
{
    /// <summary>The partitions that have events, in the order of the answer.</summary>
    public IReadOnlyList<EventPagePart> Parts { get; } = parts;

    /// <summary>Where the next read of each partition begins, in partition order.</summary>
    public IReadOnlyList<PartitionPosition> Next { get; } = next;

    /// <summary>The partition with which the next page should begin.</summary>
    public PartitionId First { get; init; }

    /// <summary>Whether the read did not wait for an event, because too many others do.</summary>
    public bool IsWaitRefused { get; init; }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (EventPagePart part in Parts)
        {
            part.Page.Dispose();
        }
    }
}

/// <summary>The events of one partition in a page.</summary>
/// <param name="Partition">The partition.</param>
/// <param name="Page">Its events, at least one.</param>
public sealed record EventPagePart(PartitionId Partition, ReadPage Page);
