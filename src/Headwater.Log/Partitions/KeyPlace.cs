using Headwater.Core.Positions;
using Headwater.Core.Segments;

namespace Headwater.Log.Partitions;

/// <summary>Where a block is that may have a request key. What it holds never changes.</summary>
/// <param name="Base">The base offset of the segment, of generation 0.</param>
/// <param name="Position">The position of the block.</param>
internal readonly record struct KeyPlace(Offset Base, uint Position);

/// <summary>The keyed batch that was found at a place.</summary>
/// <param name="Batch">The batch; null if the block has no request key, or was deleted because its key had expired.</param>
/// <param name="Appended">Its append time.</param>
internal readonly record struct KeyFact(KeyedBatch? Batch, UnixMicros Appended)
{
    public static KeyFact Deleted => new(null, UnixMicros.MinValue);
}

/// <summary>What is known of a request key at one moment.</summary>
/// <param name="Batch">The remembered batch with the key; null if there is none, or <paramref name="Missing"/> is not null.</param>
/// <param name="Missing">The place to read before the key is known; null if it is.</param>
internal readonly record struct KeyAnswer(KeyedBatch? Batch, KeyPlace? Missing);

/// <summary>An earlier segment of the key memory, and what is needed to read its blocks.</summary>
/// <param name="Segment">The segment.</param>
/// <param name="Keys">Its keys; null until they are loaded.</param>
/// <param name="Header">Its codec and sync marker; null until its keys are loaded.</param>
internal sealed record RememberedSegment(KeySegment Segment, KeyIndex? Keys, TailHeader? Header);
