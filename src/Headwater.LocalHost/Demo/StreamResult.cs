namespace Headwater.LocalHost.Demo;

/// <summary>One stream's way through the demo: posted, read back, opened as files.</summary>
/// <param name="Stream">Which.</param>
/// <param name="Events">Posted, tombstones included.</param>
/// <param name="Posted">How posting went.</param>
/// <param name="Appending">Storage calls of posting.</param>
/// <param name="Read">How reading through the API went.</param>
/// <param name="Reading">Storage calls of reading through the API.</param>
/// <param name="Files">How reading the files went.</param>
internal sealed record StreamResult(
    DemoStream Stream, long Events, Posted Posted, OperationCount Appending, ReadBack Read, OperationCount Reading, SegmentsRead Files);
