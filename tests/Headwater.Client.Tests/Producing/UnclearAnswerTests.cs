using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;

namespace Headwater.Client.Tests;

/// <summary>Appends of which the answer does not say what is stored.</summary>
public sealed class UnclearAnswerTests
{
    private const string Stored = """{"count":1,"partitions":[{"partition":0,"baseOffset":5,"count":1}],"offsets":[[0,5]]}""";

    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(10);

    private readonly ScriptedHandler _service = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("not JSON")]
    [InlineData("null")]
    [InlineData("""{"count":0,"partitions":[]}""")]
    [InlineData("""{"count":1,"partitions":[{"partition":3,"baseOffset":5,"count":1}]}""")]
    [InlineData("""{"count":1,"partitions":[{"partition":0,"baseOffset":5,"count":2}]}""")]
    public async Task A_producer_repeats_a_batch_whose_success_does_not_name_it(string foreign)
    {
        Answer(200, RetryTests.Stream);
        Answer(200, """{"producer":"p","epoch":1,"partitions":[]}""");
        Answer(200, foreign);
        Answer(200, Stored);
        using HeadwaterClient client = Client();
        await using Producer<JsonElement> producer = await client.Stream("s").StartProducerAsync(new ProducerOptions { ProducerId = "p" }, Cancellation);

        AppendedEvent stored = await producer.AppendAsync(NewEvent.Tombstone<JsonElement>("k"), Cancellation);

        Assert.Equal((5, 4), (stored.Offset!.Value.Value, _service.Sent));
        Assert.Equal("0", Assert.Single(_service.Last!.Headers.GetValues("Producer-Sequence")));
    }

    [Theory]
    [InlineData("not JSON")]
    [InlineData("""{"count":1,"partitions":[]}""")]
    [InlineData("""{"count":1,"partitions":[],"offsets":[[null,5]]}""")]
    public async Task An_append_is_repeated_if_its_success_does_not_name_every_event(string foreign)
    {
        Answer(200, foreign);
        Answer(200, Stored);
        using HeadwaterClient client = Client();

        AppendResult stored = await client.Stream("s").AppendAsync([NewEvent.Tombstone<JsonElement>("k")], cancellation: Cancellation);

        Assert.Equal(5, Assert.Single(stored.Events).Offset!.Value.Value);
        Assert.Single(_service.Keys.Distinct());
    }

    [Fact]
    public async Task An_append_whose_answers_stay_unclear_may_be_stored()
    {
        Answer(200, "not JSON");
        using HeadwaterClient client = Client(TimeSpan.Zero);

        HeadwaterException failed = await Assert.ThrowsAsync<HeadwaterException>(
            () => client.Stream("s").AppendAsync([NewEvent.Tombstone<JsonElement>("k")], cancellation: Cancellation));

        Assert.Equal((HeadwaterException.NoAnswer, Appended.Unknown, true), (failed.Code, failed.Appended, failed.Retryable));
    }

    [Fact]
    public async Task An_append_may_be_stored_by_an_earlier_attempt_although_the_last_one_was_refused()
    {
        _service.Answers.Enqueue(() => throw new HttpRequestException(HttpRequestError.ResponseEnded));
        _service.Answers.Enqueue(() => RetryTests.Problem(404, "stream_not_found", retryable: false, "no"));
        using HeadwaterClient client = Client();

        HeadwaterException failed = await Assert.ThrowsAsync<HeadwaterException>(
            () => client.Stream("s").AppendAsync([NewEvent.Tombstone<JsonElement>("k")], cancellation: Cancellation));

        Assert.Equal(("stream_not_found", Appended.Unknown), (failed.Code, failed.Appended));
    }

    [Fact]
    public async Task An_append_names_the_stream_that_its_options_name()
    {
        Answer(200, Stored);
        using HeadwaterClient client = Client();

        await client.Stream("s").AppendAsync(
            [NewEvent.Tombstone<JsonElement>("k")], new AppendOptions { StreamId = "00112233445566778899aabbccddeeff" }, Cancellation);

        Assert.Equal("00112233445566778899aabbccddeeff", Assert.Single(_service.Last!.Headers.GetValues("Stream-Id")));
    }

    [Fact]
    public async Task A_defect_of_the_transport_fails_the_flush_and_ends_a_sequenced_producer()
    {
        Answer(200, RetryTests.Stream);
        Answer(200, """{"producer":"p","epoch":1,"partitions":[]}""");
        _service.Answers.Enqueue(() => throw new NotSupportedException("a defect"));
        using HeadwaterClient client = Client();
        Producer<JsonElement> producer = await client.Stream("s").StartProducerAsync(new ProducerOptions { ProducerId = "p" }, Cancellation);

        await producer.EnqueueAsync(NewEvent.Tombstone<JsonElement>("k"), Cancellation);
        HeadwaterException failed = await Assert.ThrowsAsync<HeadwaterException>(() => producer.FlushAsync(Cancellation));
        HeadwaterException broken = await Assert.ThrowsAsync<HeadwaterException>(
            () => producer.EnqueueAsync(NewEvent.Tombstone<JsonElement>("k"), Cancellation).AsTask());

        Assert.Equal((HeadwaterException.NoAnswer, Appended.Unknown), (failed.Code, failed.Appended));
        Assert.Contains("takes no more events", broken.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_producer_whose_epoch_may_be_forgotten_takes_no_more_events()
    {
        Answer(200, RetryTests.Stream);
        Answer(200, """{"producer":"p","epoch":1,"partitions":[]}""");
        _service.Answers.Enqueue(() => RetryTests.Problem(409, "epoch_forgotten", retryable: false, "no"));
        using HeadwaterClient client = Client();
        Producer<JsonElement> producer = await client.Stream("s").StartProducerAsync(new ProducerOptions { ProducerId = "p" }, Cancellation);

        await Assert.ThrowsAsync<HeadwaterException>(() => producer.AppendAsync(NewEvent.Tombstone<JsonElement>("k"), Cancellation));
        HeadwaterException broken = await Assert.ThrowsAsync<HeadwaterException>(
            () => producer.AppendAsync(NewEvent.Tombstone<JsonElement>("k"), Cancellation).WaitAsync(Soon, Cancellation));

        Assert.Equal(("epoch_forgotten", 3), (broken.Code, _service.Sent));
    }

    [Fact]
    public async Task A_refusal_that_names_no_event_of_the_batch_fails_the_whole_batch()
    {
        Answer(200, RetryTests.Stream);
        _service.Answers.Enqueue(() => RetryTests.Json(
            422,
            """{"code":"event_invalid","detail":"d","retryable":false,"appended":"no","errors":[{"index":7,"pointer":"/a","message":"m"},{"index":-1}]}""",
            "application/problem+json"));
        using HeadwaterClient client = Client();
        Producer<JsonElement> producer = await client.Stream("s").StartProducerAsync(cancellation: Cancellation);

        HeadwaterException failed = await Assert.ThrowsAsync<HeadwaterException>(
            () => producer.AppendAsync(NewEvent.Tombstone<JsonElement>("k"), Cancellation).WaitAsync(Soon, Cancellation));

        Assert.Equal(("event_invalid", Appended.No, 2), (failed.Code, failed.Appended, _service.Sent));
    }

    [Fact]
    public async Task A_value_with_line_breaks_is_one_line_of_the_request()
    {
        using var service = new RoutedHandler((_, _) => RetryTests.Json(200, Stored));
        using HeadwaterClient client = Client(handler: service);

        await client.Stream("s", ValueSerializers.Utf8).AppendAsync(
            [new("k", "{\r\n  \"a\": [1.50,\n 2e3],\n  \"a\\n\": \"b\\n\"\n}"u8.ToArray())], cancellation: Cancellation);

        Assert.Equal("""{"key":"k","value":{"a":[1.50,2e3],"a\n":"b\n"}}""" + "\n", Assert.Single(service.Requests).Body);
    }

    [Fact]
    public async Task A_redirect_is_not_followed()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        using var client = new HeadwaterClient(new HeadwaterClientOptions
        {
            Address = new Uri($"http://{listener.LocalEndpoint}"),
            Key = "secret",
            RetryFor = TimeSpan.Zero,
            RequestTimeout = Soon,
        });

        Task<AppendResult> appending = client.Stream("s").AppendAsync([NewEvent.Tombstone<JsonElement>("k")], cancellation: Cancellation);
        await AnswerRawAsync(listener, "HTTP/1.1 302 Found\r\nLocation: /elsewhere\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
        Task another = listener.AcceptSocketAsync(Cancellation).AsTask();
        Task first = await Task.WhenAny(appending, another);

        Assert.Same(appending, first);
        HeadwaterException failed = await Assert.ThrowsAsync<HeadwaterException>(() => appending);
        Assert.Equal((302, Appended.No), (failed.Status, failed.Appended));
    }

    private static async Task AnswerRawAsync(TcpListener listener, string answer)
    {
        using Socket socket = await listener.AcceptSocketAsync(Cancellation);
        var buffer = new byte[16 * 1024];
        int read = 0;
        while (!Encoding.ASCII.GetString(buffer, 0, read).Contains("\"value\"", StringComparison.Ordinal))
        {
            read += await socket.ReceiveAsync(buffer.AsMemory(read), Cancellation);
        }

        await socket.SendAsync(Encoding.ASCII.GetBytes(answer), Cancellation);
        socket.Shutdown(SocketShutdown.Send);
    }

    private void Answer(int status, string body) => _service.Answers.Enqueue(() => RetryTests.Json(status, body));

    private HeadwaterClient Client(TimeSpan? retryFor = null, HttpMessageHandler? handler = null) => new(new HeadwaterClientOptions
    {
        Address = new Uri("http://log.example"),
        Handler = handler ?? _service,
        FirstPause = TimeSpan.FromMilliseconds(1),
        RetryFor = retryFor ?? TimeSpan.FromMinutes(1),
    });
}
