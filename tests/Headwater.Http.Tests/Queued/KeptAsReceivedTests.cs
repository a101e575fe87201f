using System.Text;
using System.Text.Json.Nodes;
using Xunit;

namespace Headwater.Http.Tests.Queued;

/// <summary>Nothing that a sender writes makes its own poison record unreadable.</summary>
public sealed class KeptAsReceivedTests
{
    private readonly QueueApi _queue = new();

    private TestApi Api => _queue.Api;

    public static TheoryData<string> Messages =>
    [
        "",
        " ",
        "\r\n",
        "null",
        "true",
        "eyes",
        "\"",
        QueueApi.CloudEvent("1", "1", new string('s', 2_000)),
        QueueApi.CloudEvent(new string('i', 20_000), "1", "../s"),
        QueueApi.CloudEvent("1", "1", string.Concat(Enumerable.Repeat("\U0001F600", 600))),
        QueueApi.Envelope("1", new string('s', 2_000), """[{"value":1}]"""),
        QueueApi.Envelope(new string('i', 2_000), "s", """[{"value":1}]"""),
        $$"""{"{{new string('m', 20_000)}}":1}""",
        $$"""{"version":1,"id":"1","stream":"s","events":[{"{{new string('m', 20_000)}}":1}]}""",
        $$"""{"version":1,"id":"1","stream":"s","events":[{"value":1,"time":"{{new string('m', 20_000)}}"}]}""",
    ];

    [Theory]
    [MemberData(nameof(Messages))]
    public async Task A_message_that_is_given_up_is_listed_once_and_put_back_by_its_ref(string text)
    {
        await Api.CreateAsync("""{"inbox":true}""");
        await _queue.PutAsync("inbox", text);
        await _queue.DrainAsync();
        JsonNode listed = Assert.Single(await _queue.PoisonAsync())!;

        Reply redriven = await Api.SendAsync("POST", $"/appends/poison/redrive?ref={(string?)listed["ref"]}");

        Assert.NotEqual("runtime", (string?)listed["code"]);
        Assert.Equal(1, (int)redriven.Json["redriven"]!);
        await _queue.DrainAsync();
        JsonNode again = Assert.Single(await _queue.PoisonAsync())!;
        Assert.Equal((Of(listed, "ref"), Of(listed, "code"), Of(listed, "excerpt")), (Of(again, "ref"), Of(again, "code"), Of(again, "excerpt")));
    }

    [Theory]
    [InlineData("null")]
    [InlineData("true")]
    [InlineData("eyes")]
    public async Task Plain_text_of_base64_letters_is_not_decoded(string text)
    {
        await _queue.PutAsync("inbox", text);

        await _queue.DrainAsync();

        JsonNode listed = Assert.Single(await _queue.PoisonAsync())!;
        Assert.Equal(text, (string?)listed["excerpt"]);
        Assert.DoesNotContain("UTF-8", (string?)listed["reason"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_CloudEvent_in_base64_with_a_byte_order_mark_is_appended()
    {
        await Api.CreateAsync("""{"inbox":true}""");
        await _queue.PutAsync("inbox", Convert.ToBase64String(Encoding.UTF8.GetBytes("\uFEFF" + QueueApi.CloudEvent("1", "1"))));

        await _queue.DrainAsync();

        Assert.Equal([1], await _queue.ValuesAsync());
    }

    private static string? Of(JsonNode message, string member) => (string?)message[member];
}
