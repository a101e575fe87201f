namespace Headwater.LocalHost.Demo;

/// <summary>The results of the demo for one stream: posting, reading back, and decoding its files.</summary>
/// <param name="Stream">The stream.</param>
/// <param name="Events">The number of events posted, including tombstones.</param>
/// <param name="Posted">The result of posting.</param>
/// <param name="Appending">The storage calls of posting.</param>
/// <param name="Read">The result of reading through the API.</param>
/// <param name="Reading">The storage calls of reading through the API.</param>
/// <param name="Files">The result of reading the files.</param>
internal sealed record StreamResult(
    DemoStream Stream, long Events, Posted Posted, OperationCount Appending, ReadBack Read, OperationCount Reading, SegmentsRead Files);
