using Headwater.Log.Ports;

namespace Headwater.Contract.Tests.Tables;

/// <summary>The base class of the table contract tests: an empty table <c>rows</c> and one partition in it.</summary>
public abstract class TableContract(Backend backend) : IAsyncLifetime
{
    protected const string Table = "rows";
    protected const string Partition = "p";

    protected static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    protected ITables Tables { get; private set; } = null!;

    public async ValueTask InitializeAsync() => Tables = await backend.OpenTablesAsync();

    public ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return ValueTask.CompletedTask;
    }

    protected static IReadOnlyDictionary<string, object> Values(string text, long number = 1) =>
        new Dictionary<string, object> { ["text"] = text, ["number"] = number };

    protected static RowChange Insert(string row, string text = "inserted") => new(RowChangeKind.Insert, row, Values(text));

    protected static RowChange Upsert(string row, string text = "upserted") => new(RowChangeKind.Upsert, row, Values(text));

    protected static RowChange Replace(string row, string? etag, string text = "replaced") => new(RowChangeKind.Replace, row, Values(text), etag);

    protected static RowChange Delete(string row, string? etag = "*") => new(RowChangeKind.Delete, row, new Dictionary<string, object>(), etag);

    protected async Task<IReadOnlyList<string?>?> ApplyAsync(params RowChange[] changes) =>
        await Tables.ApplyAsync(Table, Partition, changes, Cancellation);

    protected async Task<string> InsertedAsync(string row, string text = "inserted") =>
        Assert.IsType<string>(Assert.Single((await ApplyAsync(Insert(row, text)))!));

    protected async Task<IReadOnlyList<TableRow>> RowsAsync(string? after = null, int limit = 1_000) =>
        await Tables.QueryAsync(Table, Partition, after, limit, Cancellation);

    protected async Task<TableRow?> RowAsync(string row) => await Tables.GetAsync(Table, new RowId(Partition, row), Cancellation);

    /// <summary>All rows of the partition, for comparison.</summary>
    protected async Task<string[]> ContentsAsync() =>
        [.. (await RowsAsync()).Select(row => $"{row.Id.Row} {row.Text("text")} {row.Number("number")} {row.ETag}")];

    protected static async Task FaultAsync(StorageFault fault, Func<Task> call) =>
        Assert.Equal(fault, (await Assert.ThrowsAsync<StorageException>(call)).Fault);
}
