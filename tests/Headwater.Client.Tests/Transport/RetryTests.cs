using System.Net;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace Headwater.Client.Tests;

/// <summary>How requests are repeated, on a clock that the test moves.</summary>
public sealed class RetryTests
{
    internal const string Stream = """
        {"name":"s","streamId":"00112233445566778899aabbccddeeff","kind":"event","partitions":1,"schemaless":true,"schemaVersion":1,"codec":"deflate",
        "ownerEnforced":false,"tags":[],"inbox":false,"created":"2024-01-01T00:00:00Z"}
        """;

    private readonly FakeTimeProvider _time = new();

    private readonly ScriptedHandler _service = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_failure_that_may_pass_is_repeated_after_the_time_that_the_service_asks_for()
    {
        _service.Answers.Enqueue(() => Problem(503, "storage_unavailable", retryable: true, "no", retryAfter: 7));
        _service.Answers.Enqueue(() => Json(200, Stream));
        using HeadwaterClient client = Client();

        Task<StreamDescription> described = client.Stream("s").DescribeAsync(Cancellation);
        _time.Advance(TimeSpan.FromSeconds(6.9));
        int early = _service.Sent;
        _time.Advance(TimeSpan.FromSeconds(0.2));

        Assert.Equal("00112233445566778899aabbccddeeff", (await described).StreamId);
        Assert.Equal((1, 2), (early, _service.Sent));
    }

    [Fact]
    public async Task A_failure_that_lasts_is_thrown_when_the_time_for_repeats_is_over()
    {
        using HeadwaterClient client = Client(TimeSpan.Zero);
        _service.Answers.Enqueue(() => Problem(429, "overloaded", retryable: true, "no", retryAfter: 1));

        HeadwaterException failed = await Assert.ThrowsAsync<HeadwaterException>(() => client.Stream("s").DescribeAsync(Cancellation));

        Assert.Equal(("overloaded", 429, true, TimeSpan.FromSeconds(1)), (failed.Code, failed.Status, failed.Retryable, failed.RetryAfter));
    }

    [Fact]
    public async Task An_append_without_an_answer_may_be_stored()
    {
        using HeadwaterClient client = Client(TimeSpan.Zero);
        _service.Answers.Enqueue(() => throw new HttpRequestException(HttpRequestError.ResponseEnded));

        HeadwaterException failed = await Assert.ThrowsAsync<HeadwaterException>(
            () => client.Stream("s").AppendAsync([NewEvent.Tombstone<JsonElement>("k")], cancellation: Cancellation));

        Assert.Equal((HeadwaterException.NoAnswer, true, Appended.Unknown), (failed.Code, failed.Retryable, failed.Appended));
    }

    [Fact]
    public async Task An_append_that_did_not_reach_the_service_is_not_stored()
    {
        using HeadwaterClient client = Client(TimeSpan.Zero);
        _service.Answers.Enqueue(() => throw new HttpRequestException(HttpRequestError.ConnectionError));

        HeadwaterException failed = await Assert.ThrowsAsync<HeadwaterException>(
            () => client.Stream("s").AppendAsync([NewEvent.Tombstone<JsonElement>("k")], cancellation: Cancellation));

        Assert.Equal(Appended.No, failed.Appended);
    }

    [Fact]
    public async Task An_answer_of_the_host_before_the_service_is_no_answer()
    {
        using HeadwaterClient client = Client(TimeSpan.Zero);
        _service.Answers.Enqueue(() => new HttpResponseMessage(HttpStatusCode.Unauthorized));

        HeadwaterException failed = await Assert.ThrowsAsync<HeadwaterException>(() => client.Stream("s").DescribeAsync(Cancellation));

        Assert.Equal((HeadwaterException.NoAnswer, 401, false), (failed.Code, failed.Status, failed.Retryable));
    }

    [Fact]
    public async Task A_repeated_append_has_the_same_idempotency_key()
    {
        _service.Answers.Enqueue(() => Problem(503, "append_unknown", retryable: true, "unknown", retryAfter: 1));
        _service.Answers.Enqueue(() => Json(200, """{"count":1,"partitions":[{"partition":0,"baseOffset":5,"count":1}],"offsets":[[0,5]]}"""));
        using HeadwaterClient client = Client();

        Task<AppendResult> appended = client.Stream("s").AppendAsync([NewEvent.Tombstone<JsonElement>("k")], cancellation: Cancellation);
        _time.Advance(TimeSpan.FromSeconds(2));

        Assert.Equal("0/5", Assert.Single((await appended).Ends).ToString());
        Assert.Equal(2, _service.Keys.Count);
        Assert.Single(_service.Keys.Distinct());
    }

    [Fact]
    public async Task A_registered_client_uses_the_programs_clock_and_the_key()
    {
        _service.Answers.Enqueue(() => Json(200, Stream));
        await using ServiceProvider services = new ServiceCollection()
            .AddSingleton<TimeProvider>(_time)
            .AddHeadwater(o => (o.Address, o.Handler, o.Key) = (new Uri("http://log.example/api"), _service, "secret"))
            .BuildServiceProvider();

        await services.GetRequiredService<HeadwaterClient>().Stream("s").DescribeAsync(Cancellation);

        Assert.Equal("http://log.example/api/streams/s", _service.Last!.RequestUri!.AbsoluteUri);
        Assert.Equal("secret", Assert.Single(_service.Last.Headers.GetValues("x-functions-key")));
    }

    private HeadwaterClient Client(TimeSpan? retryFor = null) => new(new HeadwaterClientOptions
    {
        Address = new Uri("http://log.example"),
        Handler = _service,
        Time = _time,
        RetryFor = retryFor ?? TimeSpan.FromMinutes(1),
    });

    internal static HttpResponseMessage Json(int status, string body, string type = "application/json") =>
        new((HttpStatusCode)status) { Content = new StringContent(body, Encoding.UTF8, type) };

    internal static HttpResponseMessage Problem(int status, string code, bool retryable, string appended, int? retryAfter = null)
    {
        HttpResponseMessage answer = Json(
            status,
            $$"""{"code":"{{code}}","detail":"d","retryable":{{(retryable ? "true" : "false")}},"appended":"{{appended}}"}""",
            "application/problem+json");
        if (retryAfter is { } seconds)
        {
            answer.Headers.Add("Retry-After", $"{seconds}");
        }

        return answer;
    }
}
