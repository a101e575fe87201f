using Headwater.Log.Ports;
using Headwater.Testing;

namespace Headwater.Contract.Tests.Tables;

public sealed class Rows_in_memory() : RowContract(new InMemoryBackend());

public sealed class Rows_on_Azurite(AzuriteFixture azurite) : RowContract(new AzuriteBackend(azurite));

public abstract class RowContract(Backend backend) : TableContract(backend)
{
    [Fact]
    public async Task Ranges_select_rows_in_one_query_in_order()
    {
        await ApplyAsync(Insert("g"), Insert("m:a"), Insert("m:b"), Insert("p:00001"), Insert("p:00002"), Insert("p:00003"), Insert("p:00009"), Insert("r"));

        RowsRead read = await Tables.QueryRangesAsync(
            Table, Partition, [RowRange.One("p:00009"), RowRange.One("g"), RowRange.One("m:b"), new RowRange("p:00001", "p:00002")], Cancellation);

        Assert.Equal(["g", "m:b", "p:00001", "p:00002", "p:00009"], read.Rows.Select(r => r.Id.Row));
        Assert.NotNull(read.Date);
    }

    [Fact]
    public async Task The_most_ranges_that_a_query_may_have_select_their_rows()
    {
        await ApplyAsync([.. Enumerable.Range(0, 30).Select(i => Insert($"p:{i:D5}"))]);

        RowRange[] ranges = [.. Enumerable.Range(0, RowRange.Most).Select(i => new RowRange($"p:{i * 4:D5}", $"p:{(i * 4) + 1:D5}"))];
        RowsRead read = await Tables.QueryRangesAsync(Table, Partition, ranges, Cancellation);

        Assert.Equal(Enumerable.Range(0, 30).Where(i => i % 4 < 2 && i < 28).Select(i => $"p:{i:D5}"), read.Rows.Select(r => r.Id.Row));
    }

    [Fact]
    public async Task The_range_of_all_rows_selects_more_rows_than_a_page_has()
    {
        foreach (int[] some in Enumerable.Range(0, 1_100).Chunk(100))
        {
            await ApplyAsync([.. some.Select(i => Insert($"{i:D5}"))]);
        }

        Assert.Equal(1_100, (await Tables.QueryRangesAsync(Table, Partition, [RowRange.All], Cancellation)).Rows.Count);
    }

    [Fact]
    public async Task A_text_longer_than_the_service_takes_is_refused_and_nothing_is_written()
    {
        await FaultAsync(StorageFault.Rejected, () => ApplyAsync(Insert("a", new string('x', 32_769))));

        Assert.Null(await RowAsync("a"));
    }

    [Fact]
    public async Task The_longest_text_comes_back()
    {
        string text = new('x', 32_768);

        await InsertedAsync("a", text);

        Assert.Equal(text, (await RowAsync("a"))!.Text("text"));
    }

    [Fact]
    public async Task A_row_comes_back_with_its_values()
    {
        await Tables.ApplyAsync(
            Table, Partition, [new RowChange(RowChangeKind.Insert, "a", Values("täxt 'quoted'", long.MaxValue))], Cancellation);

        TableRow row = Assert.IsType<TableRow>(await RowAsync("a"));

        Assert.Equal(new RowId(Partition, "a"), row.Id);
        Assert.Equal(("täxt 'quoted'", long.MaxValue), (row.Text("text"), row.Number("number")));
        Assert.Equal(2, row.Values.Count);
    }

    [Fact]
    public async Task A_row_says_when_it_was_written_and_a_query_says_the_same()
    {
        DateTimeOffset before = TimeProvider.System.GetUtcNow();
        await InsertedAsync("a");

        DateTimeOffset changed = (await RowAsync("a"))!.Changed;

        Assert.InRange(changed, before - TimeSpan.FromSeconds(2), TimeProvider.System.GetUtcNow() + TimeSpan.FromSeconds(2));
        Assert.Equal(changed, Assert.Single(await RowsAsync()).Changed);
    }

    [Fact]
    public async Task Writing_the_same_values_again_moves_the_time_and_the_ETag()
    {
        string etag = await InsertedAsync("a", "same");
        DateTimeOffset first = (await RowAsync("a"))!.Changed;
        await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, Cancellation);

        Assert.NotNull(await ApplyAsync(Replace("a", etag, "same")));

        TableRow again = (await RowAsync("a"))!;
        Assert.True(again.Changed > first);
        Assert.NotEqual(etag, again.ETag);
    }

    [Theory]
    [InlineData(0L)]
    [InlineData(-1L)]
    [InlineData(long.MinValue)]
    [InlineData((1L << 53) + 1)]
    public async Task A_long_keeps_every_bit(long number)
    {
        await Tables.ApplyAsync(Table, Partition, [new RowChange(RowChangeKind.Insert, "a", Values("", number))], Cancellation);

        Assert.Equal(number, (await RowAsync("a"))!.Number("number"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("2026-03-01T00:00:00Z")]
    [InlineData("{\"a\":[1,\"\\u0000\"]}")]
    public async Task A_text_stays_a_text(string text)
    {
        await InsertedAsync("a", text);

        Assert.Equal(text, (await RowAsync("a"))!.Text("text"));
    }

    [Fact]
    public async Task A_value_of_another_type_is_a_defect_of_the_caller()
    {
        await InsertedAsync("a");
        string[] before = await ContentsAsync();
        RowChange wrong = new(RowChangeKind.Upsert, "a", new Dictionary<string, object> { ["flag"] = true });

        await Assert.ThrowsAsync<ArgumentException>(() => ApplyAsync(wrong));

        Assert.Equal(before, await ContentsAsync());
    }

    [Fact]
    public async Task A_row_that_is_not_there_reads_as_null()
    {
        await InsertedAsync("b");

        Assert.Null(await RowAsync("a"));
    }

    [Fact]
    public async Task A_table_that_is_not_there_has_no_such_row() => Assert.Null(await RowAsync("a"));

    [Fact]
    public async Task A_table_that_is_not_there_has_no_rows() => Assert.Empty(await RowsAsync());

    [Fact]
    public async Task Rows_come_in_ordinal_order()
    {
        await ApplyAsync(Insert("b"), Insert("a10"), Insert("a2"), Insert("B"), Insert("a"));

        Assert.Equal(["B", "a", "a10", "a2", "b"], (await RowsAsync()).Select(row => row.Id.Row));
    }

    [Fact]
    public async Task Rows_of_another_partition_do_not_come()
    {
        await InsertedAsync("a");
        await Tables.ApplyAsync(Table, "p2", [Insert("other")], Cancellation);

        Assert.Equal(["a"], (await RowsAsync()).Select(row => row.Id.Row));
    }

    [Fact]
    public async Task Rows_of_another_table_do_not_come()
    {
        await InsertedAsync("a");
        await Tables.ApplyAsync("others", Partition, [Insert("other")], Cancellation);

        Assert.Equal(["a"], (await RowsAsync()).Select(row => row.Id.Row));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(5)]
    [InlineData(6)]
    public async Task Pages_bring_every_row_once(int limit)
    {
        string[] names = ["a", "a/ b".Replace("/", "-", StringComparison.Ordinal), "b'c", "c", "d"];
        await ApplyAsync([.. names.Select(name => Insert(name))]);
        List<string> seen = [];
        IReadOnlyList<TableRow> page;
        do
        {
            page = await RowsAsync(seen.LastOrDefault(), limit);
            seen.AddRange(page.Select(row => row.Id.Row));
        }
        while (page.Count == limit);

        Assert.Equal(names, seen);
    }

    [Fact]
    public async Task Fewer_rows_than_the_limit_are_the_last_even_past_the_page_size_of_the_service()
    {
        for (int first = 0; first < 1_100; first += 100)
        {
            await ApplyAsync([.. Enumerable.Range(first, 100).Select(i => Insert($"{i:D5}"))]);
        }

        IReadOnlyList<TableRow> rows = await RowsAsync(limit: 2_000);

        Assert.Equal(1_100, rows.Count);
    }

    [Theory]
    [InlineData("with/slash")]
    [InlineData("with\\backslash")]
    [InlineData("with#hash")]
    [InlineData("with?mark")]
    [InlineData("with\ncontrol")]
    [InlineData("")]
    public async Task A_key_that_the_service_refuses_is_rejected(string key)
    {
        await InsertedAsync("a");
        string[] before = await ContentsAsync();

        await FaultAsync(StorageFault.Rejected, () => ApplyAsync(Insert(key)));

        Assert.Equal(before, await ContentsAsync());
    }
}
