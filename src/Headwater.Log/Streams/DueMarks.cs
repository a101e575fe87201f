using Headwater.Log.Model;
using Headwater.Log.Ports;

namespace Headwater.Log.Streams;

/// <summary>
/// Marks streams whose maintenance is due at once, because a segment was rolled or settings changed. Rows of table <c>partitions</c> with key <c>due</c>.
/// Maintenance reads and deletes the marks.
/// </summary>
internal sealed class DueMarks(ITables tables)
{
    public const string Table = StorageNames.PartitionsTable;

    public const string Key = "due";

    public const string Suffix = "!mark";

    public const string UsedSuffix = "!used";

    private static readonly Dictionary<string, object> NoValues = [];

    public static string RowOf(string stream, string streamId) => $"{stream}!{streamId}";

    /// <summary>Marks a stream as appended to: its checkpoints are due, and a seal after them. Costs one write; repeating it is harmless.</summary>
    public async Task MarkUsedAsync(StreamName stream, string streamId, CancellationToken cancellation) =>
        await tables.ApplyAsync(Table, Key, [new RowChange(RowChangeKind.Upsert, RowOf(stream.Value, streamId) + UsedSuffix, NoValues)], cancellation);

    /// <summary>Marks a stream. Costs one write; repeating it is harmless.</summary>
    public async Task MarkAsync(StreamName stream, string streamId, CancellationToken cancellation) =>
        await tables.ApplyAsync(Table, Key, [new RowChange(RowChangeKind.Upsert, RowOf(stream.Value, streamId) + Suffix, NoValues)], cancellation);
}
