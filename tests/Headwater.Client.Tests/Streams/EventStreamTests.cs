using System.Text;
using System.Text.Json;
using Headwater.Contracts.Errors;
using Headwater.Core.Partitioning;
using Headwater.Core.Positions;
using Headwater.Testing;

namespace Headwater.Client.Tests;

/// <summary>Streams, appends and reads against a local host.</summary>
public sealed class EventStreamTests(RunningLog log)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_stream_made_of_a_type_has_its_fields_and_descriptions_as_schema()
    {
        EventStream<Flight> flights = log.NewFlights();

        StreamDescription stream = await flights.EnsureAsync(new StreamSettings { Partitions = 2 }, Cancellation);

        Assert.Equal(
            """
            {"type":"record","name":"Flight","doc":"A departure.","fields":[
            {"name":"origin","type":"string","doc":"Airport of departure."},
            {"name":"delay","type":["null","int"],"default":null}]}
            """.ReplaceLineEndings(""),
            stream.Schema);
        Assert.Equal(2, stream.Partitions);
    }

    [Fact]
    public async Task Ensuring_a_stream_twice_returns_the_same_stream()
    {
        EventStream<Flight> flights = log.NewFlights();
        StreamDescription first = await flights.EnsureAsync(cancellation: Cancellation);

        StreamDescription second = await flights.EnsureAsync(new StreamSettings { Doc = "Another text" }, Cancellation);

        Assert.Equal(first.StreamId, second.StreamId);
    }

    [Fact]
    public async Task Ensuring_a_stream_with_another_schema_names_every_field_that_does_not_fit()
    {
        EventStream<Flight> flights = log.NewFlights();
        await log.Client.Stream(flights.Name).CreateAsync(
            new StreamSettings
            {
                Schema = """
                    {"type":"record","name":"F","fields":[
                    {"name":"origin","type":"int"},{"name":"delay","type":"int"},{"name":"gate","type":"string"}]}
                    """,
            },
            Cancellation);

        HeadwaterException mismatch = await Assert.ThrowsAsync<HeadwaterException>(() => flights.EnsureAsync(cancellation: Cancellation));

        Assert.Equal(HeadwaterException.TypeMismatch, mismatch.Code);
        Assert.Contains("/origin: the type has string, the stream has int.", mismatch.Message, StringComparison.Ordinal);
        Assert.Contains("/delay: the type allows null, the stream does not.", mismatch.Message, StringComparison.Ordinal);
        Assert.Contains("/gate: the stream requires this field, the type lacks it.", mismatch.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Appended_records_are_read_back_with_their_positions_keys_times_and_headers()
    {
        EventStream<Flight> flights = log.NewFlights();
        await flights.EnsureAsync(new StreamSettings { Partitions = 4, IsEntity = true }, Cancellation);
        DateTimeOffset time = new(2001, 1, 31, 21, 55, 0, TimeSpan.Zero);
        NewEvent<Flight> posted = new("ABQ", new Flight("ABQ", 14)) { Time = time, Headers = new Dictionary<string, string> { ["source"] = "tower" } };

        AppendResult result = await flights.AppendAsync([posted, NewEvent.Tombstone<Flight>("ABQ")], cancellation: Cancellation);

        List<ReceivedEvent<Flight>> read = await flights.ReadAsync(cancellation: Cancellation).ToListAsync(Cancellation);
        PartitionId partition = KeyPartitioner.For("ABQ", 4);
        Assert.Equal([new(partition, new Offset(0)), new(partition, new Offset(1))], result.Events);
        Assert.Equal([new EventPosition(partition, new Offset(1))], result.Ends);
        Assert.Equal(new Flight("ABQ", 14), read[0].Value);
        Assert.Equal(("ABQ", UnixMicros.From(time), "tower"), (read[0].Key, read[0].Time, read[0].Headers["source"]));
        Assert.Equal(result.Events[0], new AppendedEvent(read[0].Partition, read[0].Offset));
        Assert.True(read[1].IsTombstone);
    }

    [Fact]
    public async Task Raw_JSON_is_read_back_as_it_was_posted()
    {
        EventStream<ReadOnlyMemory<byte>> raw = log.Client.Stream(AzuriteFixture.UniqueName(), ValueSerializers.Utf8);
        await raw.CreateAsync(new StreamSettings(), Cancellation);

        await raw.AppendAsync([new(null, """{"b":1,"a":[1.50]}"""u8.ToArray())], cancellation: Cancellation);

        ReceivedEvent<ReadOnlyMemory<byte>> read = Assert.Single(await raw.ReadAsync(cancellation: Cancellation).ToListAsync(Cancellation));
        Assert.Equal("""{"b":1,"a":[1.50]}""", Encoding.UTF8.GetString(read.Value.Span));
    }

    [Fact]
    public async Task JSON_elements_are_read_back()
    {
        EventStream<JsonElement> elements = log.Client.Stream(AzuriteFixture.UniqueName());
        await elements.CreateAsync(new StreamSettings(), Cancellation);

        await elements.AppendAsync([new("k", JsonElement.Parse("""{"a":1}"""))], cancellation: Cancellation);

        ReceivedEvent<JsonElement> read = Assert.Single(await elements.ReadAsync(cancellation: Cancellation).ToListAsync(Cancellation));
        Assert.Equal(1, read.Value.GetProperty("a").GetInt32());
    }

    [Fact]
    public async Task Reading_begins_at_the_position_that_is_asked_for()
    {
        EventStream<Flight> flights = log.NewFlights();
        await flights.EnsureAsync(cancellation: Cancellation);
        await flights.AppendAsync([.. Enumerable.Range(0, 10).Select(i => new NewEvent<Flight>("k", new Flight("ABQ", i)))], cancellation: Cancellation);

        List<ReceivedEvent<Flight>> read = await flights.ReadAsync(
            new ReadOptions { From = StartFrom.Positions(new EventPosition(new PartitionId(0), new Offset(7))), PageEvents = 2 },
            Cancellation).ToListAsync(Cancellation);

        Assert.Equal([7, 8, 9], read.Select(e => e.Value!.Delay));
    }

    [Fact]
    public async Task A_request_with_the_key_of_an_earlier_one_stores_nothing_twice()
    {
        EventStream<Flight> flights = log.NewFlights();
        await flights.EnsureAsync(cancellation: Cancellation);
        AppendOptions options = new() { IdempotencyKey = "once" };
        AppendResult first = await flights.AppendAsync([new("k", new Flight("ABQ", 1))], options, Cancellation);

        AppendResult second = await flights.AppendAsync([new("k", new Flight("ABQ", 1))], options, Cancellation);

        Assert.True(second.IsReplay);
        Assert.Equal(first.Events, second.Events);
        Assert.Single(await flights.ReadAsync(cancellation: Cancellation).ToListAsync(Cancellation));
    }

    [Fact]
    public async Task A_refused_request_names_its_code_and_stores_nothing()
    {
        EventStream<JsonElement> untyped = log.Client.Stream(AzuriteFixture.UniqueName());
        const string Schema = """{"type":"record","name":"F","fields":[{"name":"origin","type":"string"}]}""";
        await untyped.CreateAsync(new StreamSettings { Schema = Schema }, Cancellation);

        HeadwaterException refused = await Assert.ThrowsAsync<HeadwaterException>(
            () => untyped.AppendAsync([new("k", JsonElement.Parse("""{"origin":1}"""))], cancellation: Cancellation));

        Assert.Equal(("event_invalid", 422, false, Appended.No), (refused.Code, refused.Status, refused.Retryable, refused.Appended));
        Assert.True(refused.Is(ErrorCode.EventInvalid));
        Assert.Equal("/value/origin", refused.Problem.GetProperty("errors")[0].GetProperty("pointer").GetString());
        Assert.Empty(await untyped.ReadAsync(cancellation: Cancellation).ToListAsync(Cancellation));
    }

    [Fact]
    public async Task A_deleted_stream_is_not_found()
    {
        EventStream<Flight> flights = log.NewFlights();
        await flights.EnsureAsync(cancellation: Cancellation);

        Assert.True(await flights.DeleteAsync(Cancellation));

        HeadwaterException missing = await Assert.ThrowsAsync<HeadwaterException>(() => flights.DescribeAsync(Cancellation));
        Assert.Equal("stream_not_found", missing.Code);
        Assert.False(await flights.DeleteAsync(Cancellation));
    }

    [Fact]
    public async Task A_value_of_another_type_is_named_with_its_position()
    {
        EventStream<JsonElement> elements = log.Client.Stream(AzuriteFixture.UniqueName());
        await elements.CreateAsync(new StreamSettings(), Cancellation);
        await elements.AppendAsync([new("k", JsonElement.Parse("""{"origin":[]}"""))], cancellation: Cancellation);
        EventStream<Flight> flights = log.Client.Stream(elements.Name, FlightJson.Default.Flight);

        HeadwaterException unreadable = await Assert.ThrowsAsync<HeadwaterException>(
            async () => await flights.ReadAsync(cancellation: Cancellation).ToListAsync(Cancellation));

        Assert.Equal(HeadwaterException.ValueUnreadable, unreadable.Code);
        Assert.Contains("0/0", unreadable.Message, StringComparison.Ordinal);
    }
}
