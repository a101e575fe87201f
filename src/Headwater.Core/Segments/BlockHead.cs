using Headwater.Core.Positions;

namespace Headwater.Core.Segments;

/// <summary>The batch record and positions in a block's first event.</summary>
internal readonly record struct BlockHead(BatchRecord Batch, Offset FirstOffset, UnixMicros Appended);
