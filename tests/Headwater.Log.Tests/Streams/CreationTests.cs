using Headwater.Contracts.Errors;
using Headwater.Core.Segments;
using Headwater.Log.Model;
using Headwater.Log.Streams;
using Headwater.Testing;
using Xunit;

namespace Headwater.Log.Tests.Streams;

public sealed class CreationTests
{
    private static readonly StreamName Orders = StreamName.Parse("orders");

    [Fact]
    public void A_created_stream_is_described_with_its_settings() => World.Play(async world =>
    {
        StreamSettings settings = Options.Partitioned(3) with { Kind = StreamKind.Entity, Owner = "sales", Tags = ["a", "b"] };

        StreamDescription created = await world.Start().CreateAsync("orders", settings);

        StreamDescription seen = await world.Start().GetAsync();
        Assert.Equal(created.StreamId, seen.StreamId);
        Assert.True(seen.Settings.SameAs(settings));
    });

    [Fact]
    public void A_new_stream_has_a_document_and_an_empty_segment_for_each_partition() => World.Play(async world =>
    {
        StreamDescription stream = await world.Start().CreateAsync("orders", Options.Partitioned(2));

        Assert.Equal(
            [
                $"orders/{stream.StreamId}/00000/00000000000000000000.avro",
                $"orders/{stream.StreamId}/00001/00000000000000000000.avro",
                "orders/stream.json",
            ],
            await world.NamesAsync());
    });

    [Fact]
    public void Every_partition_of_a_new_stream_reads_as_empty() => World.Play(async world =>
    {
        StreamDescription stream = await world.Start().CreateAsync("orders", Options.Partitioned(20));
        Instance reader = world.Start();

        for (int p = 0; p < 20; p++)
        {
            Assert.Empty(await reader.ReadAllAsync(stream, p));
        }
    });

    [Fact]
    public void Creating_the_same_stream_again_answers_the_one_that_is_there() => World.Play(async world =>
    {
        StreamDescription first = await world.Start().CreateAsync();
        BlobContents contents = await world.CaptureContentsAsync();

        StreamCreation second = await world.Start().Log.Streams.CreateAsync(Orders, Options.Plain, default);

        Assert.False(second.Created);
        Assert.Equal(first.StreamId, second.Stream.StreamId);
        await contents.AssertNothingChangedAsync(default);
    });

    [Fact]
    public void Settings_are_compared_with_defaults_applied() => World.Play(async world =>
    {
        Instance instance = world.Start();
        await instance.CreateAsync("orders", new StreamSettings());
        var spelledOut = new StreamSettings { Kind = StreamKind.Event, Partitions = 1, Codec = BlockCodec.Deflate, Tags = new List<string>(), Inbox = false };

        StreamCreation again = await world.Start().Log.Streams.CreateAsync(Orders, spelledOut, default);

        Assert.False(again.Created);
    });

    [Fact]
    public void White_space_in_a_schema_does_not_make_another_stream() => World.Play(async world =>
    {
        await world.Start().CreateAsync(
            "orders", Options.Plain with { Schema = """{"type":"record","name":"Order","fields":[{"name":"id","type":"long"}]}""" });
        StreamSettings spaced = Options.Plain with { Schema = """{ "type": "record", "name": "Order", "fields": [ { "name": "id", "type": "long" } ] }""" };

        StreamCreation again = await world.Start().Log.Streams.CreateAsync(Orders, spaced, default);

        Assert.False(again.Created);
    });

    public static TheoryData<string, StreamSettings> Differences => new()
    {
        { "kind", Options.Plain with { Kind = StreamKind.Entity } },
        { "partitions", Options.Plain with { Partitions = 2 } },
        { "schema", Options.Plain with { Schema = "\"string\"" } },
        { "codec", Options.Plain with { Codec = BlockCodec.Zstandard } },
        { "retention", Options.Plain with { Retention = new RetentionSettings(TimeSpan.FromDays(30), null) } },
        { "compaction", Options.Plain with { Compaction = new CompactionSettings(TimeSpan.FromHours(1), null) } },
        { "owner", Options.Plain with { Owner = "sales" } },
        { "doc", Options.Plain with { Doc = "Orders." } },
        { "tags", Options.Plain with { Tags = ["pii"] } },
        { "inbox", Options.Plain with { Inbox = true } },
    };

    [Theory]
    [MemberData(nameof(Differences), DisableDiscoveryEnumeration = true)]
    public void A_different_stream_of_the_same_name_is_refused(string member, StreamSettings settings) => World.Play(async world =>
    {
        await world.Start().CreateAsync();
        BlobContents contents = await world.CaptureContentsAsync();

        HeadwaterException refusal = await world.Start().CreateAsync("orders", settings).IsRefusedAsync(ErrorCode.StreamDiffers);

        Assert.True(refusal.Message.Contains("orders", StringComparison.Ordinal), member);
        await contents.AssertNothingChangedAsync(default);
    });

    [Theory]
    [InlineData("{")]
    [InlineData("\"nonsense\"")]
    [InlineData("""{"type":"record","name":"HeadwaterEvent","fields":[]}""")]
    public void A_schema_that_is_none_is_refused_before_anything_is_stored(string schema) => World.Play(async world =>
    {
        await world.Start().CreateAsync("orders", Options.Plain with { Schema = schema }).IsRefusedAsync(ErrorCode.SchemaInvalid);

        Assert.Empty(await world.NamesAsync());
    });

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(1025)]
    public void A_number_of_partitions_outside_1_to_1024_is_refused(int partitions) => World.Play(async world =>
    {
        await world.Start().CreateAsync("orders", Options.Partitioned(partitions)).IsRefusedAsync(ErrorCode.InvalidParameter);

        Assert.Empty(await world.NamesAsync());
    });

    [Fact]
    public void Of_two_creations_at_once_one_makes_the_stream_and_the_other_finds_it() => World.Play(async world =>
    {
        Instance slow = world.Start();
        Instance quick = world.Start();
        StreamDescription? winner = null;
        slow.Storage.When(c => c.Operation == StorageOperation.Write, CallFate.After(async () => winner = await quick.CreateAsync()));

        StreamCreation loser = await slow.Log.Streams.CreateAsync(Orders, Options.Plain, default);

        Assert.False(loser.Created);
        Assert.Equal(winner!.StreamId, loser.Stream.StreamId);
        Assert.Equal([$"orders/{winner.StreamId}/00000/00000000000000000000.avro", "orders/stream.json"], await world.NamesAsync());
    });

    [Fact]
    public void Of_two_different_creations_at_once_the_later_is_refused_and_leaves_nothing() => World.Play(async world =>
    {
        Instance slow = world.Start();
        Instance quick = world.Start();
        StreamDescription? winner = null;
        slow.Storage.When(c => c.Operation == StorageOperation.Write, CallFate.After(async () => winner = await quick.CreateAsync()));

        await slow.CreateAsync("orders", Options.Partitioned(2)).IsRefusedAsync(ErrorCode.StreamDiffers);

        Assert.Equal([$"orders/{winner!.StreamId}/00000/00000000000000000000.avro", "orders/stream.json"], await world.NamesAsync());
    });

    [Fact]
    public void A_creation_whose_last_answer_was_lost_is_found_made_by_the_next_try() => World.Play(async world =>
    {
        Instance instance = world.Start();
        instance.Storage.Next(StorageOperation.Write, CallFate.AnswerLost);
        await Assert.ThrowsAsync<Ports.StorageException>(() => instance.CreateAsync());

        StreamCreation again = await instance.Log.Streams.CreateAsync(Orders, Options.Plain, default);

        Assert.False(again.Created);
        Assert.Equal(2, (await world.NamesAsync()).Count);
    });

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_creation_that_broke_off_at_any_storage_call_is_done_by_the_next_one(bool applied)
    {
        bool survived = false;
        for (int call = 1; !survived; call++)
        {
            World.Play(async world =>
            {
                Instance first = world.Start();
                first.Storage.When(c => c.Number == call, applied ? CallFate.CrashAfter : CallFate.CrashBefore);
                survived = await first.SurvivesAsync(first.CreateAsync("orders", Options.Partitioned(2)));

                Instance second = world.Start();
                StreamDescription stream = await second.CreateAsync("orders", Options.Partitioned(2));

                await ShowsExactlyAsync(world, stream);
            });
        }
    }

    [Fact]
    public void A_creation_that_broke_off_while_its_name_was_forgotten_is_listed_after_the_next_one() => World.Play(async world =>
    {
        Instance first = world.Start();
        Instance lister = world.Start();
        first.Storage.When(
            c => c.ShortName == "stream.json" && c.Operation == StorageOperation.Write, CallFate.After(() => lister.Log.Streams.ListAsync(null, 10, default)));
        int names = 0;
        first.Storage.When(c => c.Operation == StorageOperation.ApplyRows && ++names == 2, CallFate.CrashBefore);
        Assert.False(await first.SurvivesAsync(first.CreateAsync()));

        await world.Start().CreateAsync();

        StreamPage page = await world.Start().Log.Streams.ListAsync(null, 10, default);
        Assert.Equal(["orders"], page.Streams.Select(s => s.Name.Value));
    });

    /// <summary>Asserts that there is one stream with this name, listed once, and that it is empty and accepts appends.</summary>
    private static async Task ShowsExactlyAsync(World world, StreamDescription stream)
    {
        Instance visitor = world.Start();
        StreamPage page = await visitor.Log.Streams.ListAsync(null, 10, default);
        Assert.Equal([stream.StreamId], page.Streams.Select(s => s.StreamId));
        Assert.Empty(await visitor.ReadAllAsync(stream, 1));
        await visitor.AppendAsync(stream, "first");
        Assert.Equal(["first"], await world.Start().ValuesAsync(await world.Start().GetAsync()));
    }
}
