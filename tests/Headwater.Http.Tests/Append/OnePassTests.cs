using System.Text.RegularExpressions;
using Xunit;

namespace Headwater.Http.Tests.Append;

/// <summary>
/// A body in a stream with a schema is read in one pass if it is ordinary, else by way of documents. Which of the two is not to be seen from outside. A body
/// <c>{"events":[…]}</c> is always read by way of documents, so it says what the array has to do.
/// </summary>
public sealed class OnePassTests
{
    private const string Settings =
        """
        {"partitions":1,"schema":{"type":"record","name":"R","fields":[
          {"name":"a","type":"int"},{"name":"b","type":["null","string"],"default":null},{"name":"c","type":{"type":"array","items":"double"},"default":[]}]}}
        """;

    private const string Recursive =
        """
        {"schema":{"type":"record","name":"R","fields":[{"name":"r","type":["null","R"]}]}}
        """;

    private const int Bodies = 100;

    private static readonly string[] Pieces =
    [
        "\"key\":\"k\"", "\"key\":\"\\u006b\"", "\"key\":null", "\"key\":7", "\"key\":\"" + new string('k', 1025) + "\"",
        "\"value\":{\"a\":1}", "\"value\":{\"a\":1}", "\"value\":{\"a\":1}", "\"value\":{\"b\":\"x\",\"a\":-2}",
        "\"value\":{\"a\":1.0}", "\"value\":{\"a\":1.5}", "\"value\":null", "\"value\":{\"a\":1,\"c\":[1,2.5,1e400]}",
        "\"value\":{\"a\":1,\"c\":[1,2.5,-0.0,\"NaN\"]}", "\"value\":{\"a\":2147483648}", "\"value\":[1]",
        "\"time\":\"2026-01-02T03:04:05Z\"", "\"time\":17", "\"time\":\"17\"", "\"time\":\"later\"", "\"headers\":{}",
        "\"headers\":null", "\"headers\":{\"h\":\"1\",\"i\":\"é\"}", "\"headers\":{\"h\":\"1\",\"h\":\"2\"}",
        "\"headers\":{\"h\":1}", "\"headers\":{\"headwater.x\":\"1\"}", "\"headers\":{\"q\":\"\\\"\"}", "\"other\":1",
        "\"value\":{\"a\":1,\"b\":\"\\ud800\"}",
    ];

    [Fact]
    public async Task Both_ways_of_reading_answer_and_store_the_same()
    {
        for (int seed = 1; seed <= Bodies; seed++)
        {
            var random = new Random(seed);
            string events = string.Join(',', Enumerable.Range(0, random.Next(1, 4)).Select(_ => Event(random)));
            var api = new TestApi();
            await api.CreateAsync(Settings, "array");
            await api.CreateAsync(Settings, "object");

            string array = Outcome(await api.PostAsync("/streams/array/events", $"[{events}]"));
            string member = Outcome(await api.PostAsync("/streams/object/events", $"{{\"events\":[{events}]}}"));

            Assert.Equal($"{events}: {member} {await StoredAsync(api, "object")}", $"{events}: {array} {await StoredAsync(api, "array")}");
        }
    }

    [Theory]
    [InlineData("\"value\":{\"a\":1}")]
    [InlineData("\"key\":\"k\",\"value\":{\"b\":\"é\",\"a\":1},\"time\":\"2026-01-02T03:04:05.123456Z\"")]
    [InlineData("\"headers\":{\"h\":\"1\"},\"value\":{\"a\":1,\"c\":[1.50,2e3]}")]
    [InlineData("\"headers\":{\"z\":\"1\",\"a\":\"2\"},\"value\":{\"a\":1}")]
    public async Task A_repeat_read_the_other_way_is_a_repeat(string members)
    {
        var api = new TestApi();
        await api.CreateAsync(Settings);
        await api.PostAsync("/streams/s/events", $"[{{{members}}}]", ("Idempotency-Key", "x"));

        Reply second = await api.PostAsync("/streams/s/events", $"{{\"events\":[{{{members}}}]}}", ("Idempotency-Key", "x"));

        Assert.Equal("true", second.Header("Idempotent-Replay"));
    }

    [Theory]
    [InlineData("{}", 62, 200)]
    [InlineData("{}", 63, 400)]
    [InlineData(Recursive, 62, 200)]
    [InlineData(Recursive, 63, 400)]
    public async Task One_event_without_an_array_nests_as_deep_as_in_an_array(string settings, int levels, int status)
    {
        var api = new TestApi();
        await api.CreateAsync(settings);

        Reply reply = await api.PostAsync("/streams/s/events", "{\"value\":" + Nested(levels, settings == Recursive) + "}");

        Assert.Equal(status, reply.Status);
    }

    [Fact]
    public async Task A_body_that_ends_early_stores_nothing()
    {
        var api = new TestApi();
        await api.CreateAsync(Settings);

        Reply cut = await api.PostAsync("/streams/s/events", """[{"value":{"a":1}},{"value":{"a":2}""");

        Assert.Equal((400, "{\"events\":[]"), (cut.Status, (await StoredAsync(api, "s"))[..12]));
    }

    private static string Event(Random random) =>
        "{" + string.Join(',', Enumerable.Range(0, random.Next(1, 4)).Select(_ => Pieces[random.Next(Pieces.Length)])) + "}";

    private static string Nested(int levels, bool isRecord) => isRecord
        ? string.Concat(Enumerable.Repeat("{\"r\":", levels)) + "null" + new string('}', levels)
        : new string('[', levels) + new string(']', levels);

    private static string Outcome(Reply reply) => $"{reply.Status} {WithoutMarks(reply.Text)}";

    private static async Task<string> StoredAsync(TestApi api, string stream) =>
        WithoutMarks((await api.GetAsync($"/streams/{stream}/partitions/0/events")).Text);

    // What differs between any two requests.
    private static string WithoutMarks(string text) => Regex.Replace(text, "\"(appended|traceId)\":\"[^\"]*\"|/streams/[a-z]+", "");
}
