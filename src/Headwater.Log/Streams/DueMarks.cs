using Headwater.Log.Model;
using Headwater.Log.Ports;

namespace Headwater.Log.Streams;

/// <summary>
/// Table <c>partitions</c>, key <c>due</c>: marks that a stream has maintenance due now, because a segment was rolled or settings changed.
/// Maintenance reads and removes them.
/// </summary>
internal sealed class DueMarks(ITables tables)
{
    public const string Table = StorageNames.PartitionsTable;

    public const string Key = "due";

    public const string Suffix = "!mark";

    private static readonly Dictionary<string, object> NoValues = [];

    public static string RowOf(string stream, string streamId) => $"{stream}!{streamId}";

    /// <summary>One write.</summary>
    public async Task MarkAsync(StreamName stream, string streamId, CancellationToken cancellation) =>
        await tables.ApplyAsync(Table, Key, [new RowChange(RowChangeKind.Upsert, RowOf(stream.Value, streamId) + Suffix, NoValues)], cancellation);
}
