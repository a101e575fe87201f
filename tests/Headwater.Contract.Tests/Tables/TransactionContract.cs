using Headwater.Log.Ports;
using Headwater.Testing;

namespace Headwater.Contract.Tests.Tables;

public sealed class Transactions_in_memory() : TransactionContract(new InMemoryBackend());

public sealed class Transactions_on_Azurite(AzuriteFixture azurite) : TransactionContract(new AzuriteBackend(azurite));

public abstract class TransactionContract(Backend backend) : TableContract(backend)
{
    [Fact]
    public async Task All_changes_of_a_transaction_happen()
    {
        string a = await InsertedAsync("a");
        await InsertedAsync("b");

        Assert.NotNull(await ApplyAsync(Replace("a", a), Delete("b"), Insert("c"), Upsert("d")));

        Assert.Equal(["a replaced", "c inserted", "d upserted"], (await RowsAsync()).Select(row => $"{row.Id.Row} {row.Text("text")}"));
    }

    [Fact]
    public async Task The_ETags_answered_are_those_of_the_rows()
    {
        await InsertedAsync("a");

        IReadOnlyList<string?>? etags = await ApplyAsync(Delete("a"), Insert("b"), Upsert("c"));

        Assert.Equal([null, (await RowAsync("b"))!.ETag, (await RowAsync("c"))!.ETag], etags!);
    }

    [Fact]
    public async Task An_ETag_that_was_answered_allows_the_next_replacement()
    {
        string first = await InsertedAsync("a");
        IReadOnlyList<string?>? second = await ApplyAsync(Replace("a", first, "second"));

        Assert.NotNull(await ApplyAsync(Replace("a", second![0], "third")));

        Assert.Equal("third", (await RowAsync("a"))!.Text("text"));
    }

    [Fact]
    public async Task An_ETag_that_was_read_allows_the_next_replacement()
    {
        await InsertedAsync("a");
        TableRow row = (await RowsAsync())[0];

        Assert.NotNull(await ApplyAsync(Replace("a", row.ETag)));

        Assert.Equal("replaced", (await RowAsync("a"))!.Text("text"));
    }

    public static TheoryData<string, RowChange> FailingChanges => new()
    {
        { "insert over a row", Insert("a", "other") },
        { "replace with another ETag", Replace("a", "W/\"datetime'2020-01-01T00%3A00%3A00.0000000Z'\"") },
        { "replace of no row", Replace("none", "*") },
        { "delete with another ETag", Delete("a", "W/\"datetime'2020-01-01T00%3A00%3A00.0000000Z'\"") },
        { "delete of no row", Delete("none") },
    };

    [Theory]
    [MemberData(nameof(FailingChanges))]
    public async Task A_condition_that_does_not_hold_changes_nothing(string reason, RowChange failing)
    {
        await InsertedAsync("a");
        string[] before = await ContentsAsync();

        IReadOnlyList<string?>? etags = await ApplyAsync(failing);

        Assert.True(etags is null, reason);
        Assert.Equal(before, await ContentsAsync());
    }

    [Theory]
    [MemberData(nameof(FailingChanges))]
    public async Task One_condition_that_does_not_hold_undoes_the_whole_transaction(string reason, RowChange failing)
    {
        await InsertedAsync("a");
        await InsertedAsync("b");
        string[] before = await ContentsAsync();

        IReadOnlyList<string?>? etags = await ApplyAsync(Upsert("b"), Insert("c"), failing, Upsert("d"));

        Assert.True(etags is null, reason);
        Assert.Equal(before, await ContentsAsync());
    }

    [Fact]
    public async Task A_condition_on_a_table_that_is_not_there_does_not_hold() => Assert.Null(await ApplyAsync(Replace("a", "*")));

    [Fact]
    public async Task Of_racing_inserters_exactly_one_inserts()
    {
        IReadOnlyList<string?>?[] etags = await Task.WhenAll(
            Enumerable.Range(0, 8).Select(i => Tables.ApplyAsync(Table, Partition, [Insert("a", $"{i}")], Cancellation).AsTask()));

        int winner = Array.FindIndex(etags, answer => answer is not null);
        Assert.Equal($"{winner}", (await RowAsync("a"))!.Text("text"));
        Assert.Equal(7, etags.Count(answer => answer is null));
    }

    [Fact]
    public async Task Of_racing_replacers_exactly_one_replaces()
    {
        string before = await InsertedAsync("a");

        IReadOnlyList<string?>?[] etags = await Task.WhenAll(
            Enumerable.Range(0, 8).Select(i => Tables.ApplyAsync(Table, Partition, [Replace("a", before, $"{i}")], Cancellation).AsTask()));

        int winner = Array.FindIndex(etags, answer => answer is not null);
        Assert.Equal($"{winner}", (await RowAsync("a"))!.Text("text"));
        Assert.Equal(7, etags.Count(answer => answer is null));
    }

    [Fact]
    public async Task An_upsert_leaves_no_old_values()
    {
        await InsertedAsync("a");
        RowChange smaller = new(RowChangeKind.Upsert, "a", new Dictionary<string, object> { ["only"] = "this" });

        await ApplyAsync(smaller);

        Assert.Equal(["only"], (await RowAsync("a"))!.Values.Keys);
    }

    [Fact]
    public async Task A_transaction_of_a_hundred_rows_happens()
    {
        Assert.NotNull(await ApplyAsync([.. Enumerable.Range(0, 100).Select(i => Insert($"{i:D3}"))]));

        Assert.Equal(100, (await RowsAsync()).Count);
    }

    [Fact]
    public async Task A_transaction_of_more_than_a_hundred_rows_is_rejected()
    {
        await InsertedAsync("a");
        string[] before = await ContentsAsync();

        await FaultAsync(StorageFault.Rejected, () => ApplyAsync([.. Enumerable.Range(0, 101).Select(i => Insert($"{i:D3}"))]));

        Assert.Equal(before, await ContentsAsync());
    }

    [Fact]
    public async Task A_transaction_that_names_a_row_twice_is_rejected()
    {
        await InsertedAsync("a");
        string[] before = await ContentsAsync();

        await FaultAsync(StorageFault.Rejected, () => ApplyAsync(Upsert("b"), Upsert("b")));

        Assert.Equal(before, await ContentsAsync());
    }

    [Fact]
    public async Task A_transaction_of_nothing_answers_nothing() => Assert.Empty((await ApplyAsync())!);

    [Theory]
    [InlineData(RowChangeKind.Replace)]
    [InlineData(RowChangeKind.Delete)]
    public async Task A_change_that_expects_no_version_is_a_defect_of_the_caller(RowChangeKind kind)
    {
        await InsertedAsync("a");
        string[] before = await ContentsAsync();

        await Assert.ThrowsAsync<ArgumentException>(() => ApplyAsync(new RowChange(kind, "a", Values("x"))));

        Assert.Equal(before, await ContentsAsync());
    }
}
