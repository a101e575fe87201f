namespace Headwater.Client;

/// <summary>What the partitions of a replay share.</summary>
/// <param name="Scope">The stream.</param>
/// <param name="Stream">Its description.</param>
/// <param name="Limits">The bounds of memory.</param>
/// <param name="Fetcher">Reads segment files.</param>
/// <param name="Log">The log.</param>
internal sealed record ReplayShared<T>(StreamScope<T> Scope, StreamDescription Stream, ReplayLimits Limits, SegmentFetcher Fetcher, ReplayLog Log)
    : IDisposable
{
    public SegmentHeaders<T> Headers { get; } = new(Scope.Values, Stream.StreamId);

    public ReplayOutput<T> Output { get; } = new();

    /// <summary>Whether history is read from segment files. False from when the storage refuses.</summary>
    public bool UsesSegments { get; set; } = true;

    public void Dispose()
    {
        Fetcher.Dispose();
        Limits.Dispose();
    }
}
