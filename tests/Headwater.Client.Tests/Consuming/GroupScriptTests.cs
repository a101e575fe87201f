using System.Collections.Concurrent;
using System.Text.Json;

namespace Headwater.Client.Tests;

/// <summary>Members of a group whose service answers as the test says.</summary>
public sealed class GroupScriptTests
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(10);

    private int _beats;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_partition_that_is_received_again_begins_after_the_event_that_was_at_work()
    {
        ConcurrentQueue<string> trace = new();
        var begunAgain = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        using var service = new RoutedHandler((request, _) => Answer(request, () =>
        {
            int beat = Interlocked.Increment(ref _beats);
            if (beat == 6)
            {
                begunAgain.SetResult();
            }

            return Beat(beat == 2 ? [] : [0]);
        }));
        using HeadwaterClient client = Client(service);

        await client.Stream("s").NewConsumer(new ConsumerOptions { Group = "g", Commits = CommitMode.Manual }).RunAsync(
            async (e, cancellation) =>
            {
                trace.Enqueue($"begin {e.Offset}");
                if (trace.Count > 1)
                {
                    await stop.CancelAsync();
                    return;
                }

                await Task.Delay(Timeout.InfiniteTimeSpan, cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                await begunAgain.Task;
                trace.Enqueue($"end {e.Offset}");
                throw new InvalidOperationException("the program's own answer to its cancellation");
            },
            stop.Token).WaitAsync(Soon, Cancellation);

        Assert.Equal(["begin 0", "end 0", "begin 0"], trace.Take(3));
    }

    [Fact]
    public async Task A_last_commit_that_is_refused_ends_the_heartbeats_and_leaves_the_group()
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        using var service = new RoutedHandler((request, _) => Answer(request, () => Beat([0])));
        using HeadwaterClient client = Client(service);

        Task run = client.Stream("s").NewConsumer(new ConsumerOptions { Group = "g", CommitInterval = TimeSpan.FromHours(1) }).RunAsync(
            (_, _) =>
            {
                stop.Cancel();
                return default;
            },
            stop.Token);

        HeadwaterException failed = await Assert.ThrowsAsync<HeadwaterException>(() => run.WaitAsync(Soon, Cancellation));
        int sent = service.Requests.Count;
        await Task.Delay(300, Cancellation); // Six heartbeats.

        Assert.Equal("group_not_found", failed.Code);
        Assert.Equal(sent, service.Requests.Count);
        Assert.StartsWith("DELETE /streams/s/groups/g/members/m", service.Requests.Last().Request, StringComparison.Ordinal);
    }

    [Fact]
    public async Task All_partitions_without_an_offset_begin_with_one_request()
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        using var service = new RoutedHandler((request, _) => Answer(request, () => Beat([0, 1, 2, 3, 4, 5, 6, 7])));
        using HeadwaterClient client = Client(service);

        await client.Stream("s").NewConsumer(new ConsumerOptions { Group = "g", Commits = CommitMode.Manual }).RunAsync(
            (_, _) =>
            {
                stop.Cancel();
                return default;
            },
            stop.Token).WaitAsync(Soon, Cancellation);

        Assert.Single(service.Requests, r => r.Request == "GET /streams/s/partitions");
    }

    [Fact]
    public async Task A_poison_event_that_an_earlier_delivery_stored_with_another_error_counts_as_stored()
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        using var service = new RoutedHandler((request, _) => request.RequestUri!.AbsolutePath == "/streams/poison/events"
            ? RetryTests.Problem(422, "idempotency_key_reused", retryable: false, "no")
            : Answer(request, () => Beat([0])));
        using HeadwaterClient client = Client(service);
        EventStream<JsonElement> stream = client.Stream("s");

        await stream.NewConsumer(new ConsumerOptions
        {
            Group = "g",
            Commits = CommitMode.Manual,
            Poison = stream.PoisonTo(client.Stream("poison", ValueSerializers.Utf8)),
        }).RunAsync(
            (e, _) =>
            {
                if (e.Offset.Value == 1)
                {
                    stop.Cancel();
                    return default;
                }

                throw new InvalidOperationException($"at {DateTimeOffset.UtcNow}");
            },
            stop.Token).WaitAsync(Soon, Cancellation);

        Assert.Single(service.Requests, r => r.Request == "POST /streams/poison/events");
    }

    private static HttpResponseMessage? Answer(HttpRequestMessage request, Func<HttpResponseMessage> beat) =>
        (request.Method.Method, request.RequestUri!.AbsolutePath) switch
        {
            ("GET", "/streams/s") => RetryTests.Json(200, ConsumerScriptTests.Stream(8)),
            ("GET", "/streams/s/partitions") => RetryTests.Json(200, $$"""{"partitions":[{{string.Join(',', Enumerable.Range(0, 8).Select(Positions))}}]}"""),
            ("GET", "/streams/s/events") => Read(request),
            ("POST", "/streams/s/groups/g/members") => beat(),
            ("DELETE", _) => RetryTests.Json(204, ""),
            _ => RetryTests.Problem(404, "group_not_found", retryable: false, "no"),
        };

    /// <summary>Partition 0 has two events; the others have none.</summary>
    private static HttpResponseMessage? Read(HttpRequestMessage request)
    {
        var cursor = Contracts.Text.ReadCursor.Parse(request.RequestUri!.Query.Split('&')[0]["?cursor=".Length..])!;
        return cursor.Offsets.TryGetValue(default, out Core.Positions.Offset next) && next.Value == 0
            ? ConsumerScriptTests.Page(
                cursor.Offsets.ToDictionary(o => o.Key.Value, o => o.Key.Value == 0 ? 2 : o.Value.Value),
                0,
                ConsumerScriptTests.Event(0, 0),
                ConsumerScriptTests.Event(0, 1))()
            : null;
    }

    private static HttpResponseMessage Beat(int[] partitions) => RetryTests.Json(
        200,
        $$"""
        {"member":"m","generation":1,"partitions":[{{string.Join(',', partitions)}}],"release":[],"offsets":[],"heartbeat":"PT0.05S",
        "sessionTimeout":"PT30S","renewed":true}
        """);

    private static string Positions(int partition) =>
        $$"""{"partition":{{partition}},"logStartOffset":0,"logEndOffset":2,"bytes":0,"segments":1,"activeSegment":false}""";

    private static HeadwaterClient Client(HttpMessageHandler handler) =>
        new(new HeadwaterClientOptions { Address = new Uri("http://log.example"), Handler = handler });
}
