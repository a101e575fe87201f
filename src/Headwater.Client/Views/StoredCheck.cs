using Headwater.Core.Positions;

namespace Headwater.Client;

/// <summary>Whether stored rows can be brought up to date.</summary>
/// <param name="Reason">Why not; None if they can.</param>
/// <param name="Message">The reason in words.</param>
/// <param name="Progress">How far they are; null if they cannot.</param>
internal sealed record StoredCheck(RebuildReason Reason, string Message, IReadOnlyList<StreamProgress>? Progress)
{
    /// <summary>Compares a state with the view and the log of now. Whether tombstones are missing shows while events are read.</summary>
    public static async Task<StoredCheck> OfAsync(byte[]? bytes, ViewGraph graph, ViewOptions options, CancellationToken cancellation)
    {
        if (bytes is null || ViewState.Read(bytes) is not { } state)
        {
            return No(RebuildReason.NothingStored, "The stored positions cannot be read.");
        }

        if (state.View != options.Name || state.Version != options.Version)
        {
            return No(
                RebuildReason.OtherVersion,
                $"The stored rows are of view '{state.View}' version {state.Version}; this is '{options.Name}' version {options.Version}.");
        }

        if (!state.Tables.SequenceEqual(graph.Tables.Select(t => t.Name))
            || !state.Streams.Select(s => s.Stream).Order(StringComparer.Ordinal).SequenceEqual(graph.Feeds.Keys))
        {
            return No(RebuildReason.OtherVersion, "The definition has other tables or streams under the same version. Raise the version with every change.");
        }

        List<StreamProgress> progress = [];
        foreach (ViewState.StreamState stored in state.Streams)
        {
            if (await OfAsync(stored, graph.Feeds[stored.Stream], progress, cancellation) is { } problem)
            {
                return problem;
            }
        }

        return new StoredCheck(RebuildReason.None, "", progress);
    }

    /// <exception cref="InvalidOperationException">A storage, which has the rows of one view, has those of another one.</exception>
    public static void RequireView(byte[]? bytes, ViewOptions options)
    {
        if (bytes is not null && ViewState.Read(bytes) is { } state && state.View != options.Name)
        {
            throw new InvalidOperationException(
                $"The storage has the rows of view '{state.View}', and this is '{options.Name}'. Give each view a storage of its own, or delete these rows.");
        }
    }

    private static async Task<StoredCheck?> OfAsync(
        ViewState.StreamState stored, SourceFeed feed, List<StreamProgress> progress, CancellationToken cancellation)
    {
        StreamDescription stream = await feed.DescribeAsync(cancellation);
        if (stream.StreamId != stored.StreamId)
        {
            return No(RebuildReason.StreamReplaced, $"Stream '{stream.Name}' was deleted and created again.");
        }

        if (stored.ToProgress(stream) is not { } read)
        {
            return No(RebuildReason.NothingStored, $"The stored positions of stream '{stream.Name}' cannot be read.");
        }

        IReadOnlyList<PartitionPositions> positions = await feed.PositionsAsync(cancellation);
        if (OfPositions(stream, read, positions) is { } outside)
        {
            return outside;
        }

        foreach (PartitionPositions known in positions)
        {
            if (await OfNewestAsync(known, feed, read, cancellation) is { } other)
            {
                return other;
            }
        }

        progress.Add(read);
        return null;
    }

    private static StoredCheck? OfPositions(StreamDescription stream, StreamProgress read, IReadOnlyList<PartitionPositions> positions)
    {
        foreach (PartitionPositions known in positions)
        {
            Offset next = read.Partitions[known.Partition.Value].Next;
            if (next < known.LogStart)
            {
                return No(
                    RebuildReason.BelowLogStart,
                    $"Stream '{stream.Name}' was read up to {known.Partition}/{next}, and its log starts at {known.LogStart}.");
            }

            if (next > known.LogEnd)
            {
                return No(
                    RebuildReason.BeyondLogEnd,
                    $"Stream '{stream.Name}' was read up to {known.Partition}/{next}, and its log ends at {known.LogEnd}.");
            }
        }

        return null;
    }

    /// <summary>A log that was restored from an earlier copy may have grown beyond the position since, with other events. One request.</summary>
    private static async Task<StoredCheck?> OfNewestAsync(
        PartitionPositions known, SourceFeed feed, StreamProgress read, CancellationToken cancellation)
    {
        if (read.Partitions[known.Partition.Value].Newest is not { } newest || newest.Offset < known.LogStart)
        {
            return null;
        }

        var position = new EventPosition(known.Partition, newest.Offset);
        return await feed.AppendedAsync(read.Stream, position, cancellation) is { } appended && appended != newest.Appended
            ? No(RebuildReason.BeyondLogEnd, $"Stream '{read.Stream.Name}' has another event at {known.Partition}/{newest.Offset} than the one that was read.")
            : null;
    }

    private static StoredCheck No(RebuildReason reason, string message) => new(reason, message, null);
}
