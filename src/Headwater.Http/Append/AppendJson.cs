using Headwater.Contracts.Answers;
using Headwater.Log;
using Headwater.Log.Append;

namespace Headwater.Http.Append;

/// <summary>What became of an append, as an answer.</summary>
internal static class AppendJson
{
    public static AppendedAnswer Of(AppendOutcome outcome, int events, bool withOffsets) =>
        new(events, [.. outcome.Partitions.Select(Share)], withOffsets ? Offsets(outcome, events) : null);

    public static ProducerStartAnswer Of(ProducerStart start) => new(
        start.Producer,
        start.Epoch.Value,
        [.. start.NextSequences.OrderBy(p => p.Key).Select(p => new NextSequenceAnswer(p.Key.Value, p.Value.Value))]);

    // A repeat too old to be remembered in full has no offsets to tell.
    private static PartitionShare Share(PartitionAppend share) => new(share.Partition.Value, share.Base?.Value, share.Events.Count);

    private static long?[][] Offsets(AppendOutcome outcome, int events)
    {
        var places = new long?[events][];
        foreach (PartitionAppend share in outcome.Partitions)
        {
            for (int i = 0; i < share.Events.Count; i++)
            {
                places[share.Events[i]] = [share.Partition.Value, (share.Base + i)?.Value];
            }
        }

        return places;
    }
}
