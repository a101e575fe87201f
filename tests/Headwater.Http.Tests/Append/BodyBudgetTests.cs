using System.Text;
using Headwater.Contracts.Errors;
using Headwater.Formats.CloudEvents;
using Headwater.Formats.Containers;
using Headwater.Formats.Incoming;
using Headwater.Formats.Json;
using Headwater.Http.Bodies;
using Headwater.Log.Append;
using Headwater.Log.Budgets;
using Headwater.Log.Model;
using Xunit;

namespace Headwater.Http.Tests.Append;

public sealed class BodyBudgetTests
{
    [Fact]
    public async Task A_body_beyond_what_bodies_may_take_is_429()
    {
        var budget = new BodyBudget(10_000_000);
        using MemoryCharge others = budget.Large.Charge(9_000_000);
        var bodies = new RequestBody(budget, TimeProvider.System, LargeTurns.OfProcess());
        HeadwaterException refused = await Assert.ThrowsAsync<HeadwaterException>(() => bodies.ReadAsync(TestApi.Context("POST", "/", new byte[800_000])));
        Assert.Equal((ErrorCode.Overloaded, true), (refused.Code, refused.RetryAfter > TimeSpan.Zero));
    }

    [Fact]
    public async Task What_a_body_took_is_given_back_with_it()
    {
        var bodies = new RequestBody(new BodyBudget(1_600_000), TimeProvider.System, LargeTurns.OfProcess());
        for (int i = 0; i < 10; i++)
        {
            (await bodies.ReadAsync(TestApi.Context("POST", "/", new byte[100_000]))).Dispose();
        }

        using PooledBytes last = await bodies.ReadAsync(TestApi.Context("POST", "/", new byte[100_000]));
        Assert.Equal(100_000, last.Length);
    }

    [Theory]
    [InlineData("application/json")]
    [InlineData("application/x-ndjson")]
    [InlineData("application/cloudevents+json")]
    [InlineData("application/avro")]
    public async Task What_a_body_becomes_is_charged_before_the_memory_is_spent(string type)
    {
        var budget = new BodyBudget(300_000);
        (RequestEvents events, IncomingEvents into) = await BeginAsync(budget);
        using (events)
        {
            HeadwaterException refused = Assert.Throws<HeadwaterException>(() => Read(type, into));
            Assert.Equal((ErrorCode.Overloaded, 0), (refused.Code, events.Count));
        }

        Assert.Equal(0, budget.Taken);
    }

    [Fact]
    public async Task A_body_of_many_events_is_parsed_in_the_memory_of_few()
    {
        var budget = new BodyBudget(1_000_000);
        (RequestEvents events, IncomingEvents into) = await BeginAsync(budget);
        using (events)
        {
            string zeros = string.Join(',', Enumerable.Repeat(0, 100));
            JsonEvents.Read(Encoding.UTF8.GetBytes("[" + string.Join(',', Enumerable.Repeat($$"""{"value":[{{zeros}}]}""", 9_000)) + "]"), into);
            Assert.Equal((9_000, 0), (events.Count, events.Faults.Count));
        }

        Assert.Equal(0, budget.Taken);
    }

    [Fact]
    public async Task Encoded_events_are_charged_until_they_are_disposed()
    {
        var budget = new BodyBudget(1_000_000);
        var api = new TestApi();
        await api.CreateAsync(
            """{"partitions":64,"schema":{"type":"record","name":"R","fields":[{"name":"f","type":"string","default":"FILLER"}]}}"""
                .Replace("FILLER", new string('x', 100_000), StringComparison.Ordinal));
        StreamDescription stream = await api.Log.Streams.GetAsync(StreamName.Parse("s"), TestApi.Cancellation);
        string body = "[" + string.Join(',', Enumerable.Range(0, 64).Select(i => $"{{\"key\":\"{i}\",\"value\":{{}}}}")) + "]";
        using (RequestEvents events = api.Log.NewRequest(stream, null, null, budget))
        {
            HeadwaterException refused = Assert.Throws<HeadwaterException>(
                () => JsonEvents.Read(Encoding.UTF8.GetBytes(body), new IncomingEvents(events, stream.Schema, budget, null)));
            Assert.Equal(ErrorCode.Overloaded, refused.Code);
            Assert.True(budget.Taken > 0);
        }

        Assert.Equal(0, budget.Taken);
    }

    [Fact]
    public async Task What_a_refused_body_took_is_given_back()
    {
        var budget = new BodyBudget(1_000_000);
        var bodies = new RequestBody(budget, TimeProvider.System, LargeTurns.OfProcess());
        using (MemoryCharge others = budget.Large.Charge(900_000))
        {
            await Assert.ThrowsAsync<HeadwaterException>(() => bodies.ReadAsync(TestApi.Context("POST", "/", new byte[100_000])));
        }

        Assert.True(budget.TryTake(1_000_000));
    }

    private static async Task<(RequestEvents Events, IncomingEvents Into)> BeginAsync(BodyBudget budget)
    {
        var api = new TestApi();
        await api.CreateAsync();
        StreamDescription stream = await api.Log.Streams.GetAsync(StreamName.Parse("s"), TestApi.Cancellation);
        RequestEvents events = api.Log.NewRequest(stream, null, null);
        return (events, new IncomingEvents(events, stream.Schema, budget, null));
    }

    // 10,000 tokens cost 360,000 bytes; the Avro block inflates to 1 MB.
    private static void Read(string type, IncomingEvents into)
    {
        string zeros = string.Join(',', Enumerable.Repeat(0, 10_000));
        switch (type)
        {
            case "application/json": JsonEvents.Read(Encoding.UTF8.GetBytes($$"""[{"value":[{{zeros}}]}]"""), into); break;
            case "application/x-ndjson": NdJsonEvents.Read(Encoding.UTF8.GetBytes($$"""{"value":[{{zeros}}]}"""), into); break;
            case "application/cloudevents+json":
                string item = $$"""{"specversion":"1.0","id":"1","source":"/a","type":"t","data":[{{zeros}}]}""";
                CloudEventBodies.ReadStructured(Encoding.UTF8.GetBytes(item), into);
                break;
            case "application/avro": AvroEvents.Read(AvroFile.Deflated("\"bytes\"", 1, new byte[1_000_000]), into); break;
        }
    }
}
