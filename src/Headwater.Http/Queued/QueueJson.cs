using System.Text.Json;
using Headwater.Contracts.Answers;
using Headwater.Queues.Stored;

namespace Headwater.Http.Queued;

/// <summary>What became of batches, and what was given up, as answers.</summary>
internal static class QueueJson
{
    public static AppendStatusAnswer Of(QueuedStatus status)
    {
        bool appended = status.State == AppendState.Appended;
        return new AppendStatusAnswer(
            status.Id,
            JsonNamingPolicy.CamelCase.ConvertName(status.State.ToString()),
            status.Stream is { Length: > 0 } stream ? stream : null,
            status.At.UtcDateTime,
            appended ? status.Count : null,
            appended ? [.. status.Partitions.Select(s => new PartitionShare(s.Partition, s.BaseOffset, s.Count))] : null,
            status.Code,
            status.Reason);
    }

    public static PoisonAnswer Of(PoisonEntry entry) => new(
        entry.Record.Ref,
        entry.Record.Queue,
        entry.Record.Id,
        entry.Record.Stream,
        entry.Record.Code,
        entry.Record.Reason,
        entry.Record.At.UtcDateTime,
        entry.Record.Enqueued.UtcDateTime,
        entry.Excerpt);
}
