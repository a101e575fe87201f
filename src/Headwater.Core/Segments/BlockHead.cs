using Headwater.Core.Positions;

namespace Headwater.Core.Segments;

/// <summary>What the first event of a block says.</summary>
internal readonly record struct BlockHead(BatchRecord Batch, Offset FirstOffset, UnixMicros Appended);
