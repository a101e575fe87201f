using System.Collections.Concurrent;
using System.Text.Json;
using Headwater.Contracts.Text;
using Headwater.Core.Positions;

namespace Headwater.Client.Tests;

/// <summary>Consumers against a service that answers as the test says.</summary>
public sealed class ConsumerScriptTests
{
    private const string StreamId = "00112233445566778899aabbccddeeff";

    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(10);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_consumer_ends_with_a_cancellation_that_its_work_throws()
    {
        using var service = new RoutedHandler(Once(Page(new Dictionary<int, long> { [0] = 1 }, 0, Event(0, 0))));
        using HeadwaterClient client = Client(service);

        Task run = client.Stream("s").NewConsumer(From([0])).RunAsync((_, _) => throw new TaskCanceledException("a timeout of the program's"), Cancellation);

        TaskCanceledException failed = await Assert.ThrowsAsync<TaskCanceledException>(() => run.WaitAsync(Soon, Cancellation));
        Assert.Equal("a timeout of the program's", failed.Message);
    }

    [Fact]
    public async Task The_next_read_begins_with_the_partition_that_the_service_names()
    {
        ConcurrentQueue<ReadCursor> cursors = new();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        using var service = new RoutedHandler((request, _) =>
        {
            if (!IsRead(request))
            {
                return RetryTests.Json(200, Stream(8));
            }

            cursors.Enqueue(CursorOf(request));
            if (cursors.Count == 2)
            {
                stop.Cancel();
                return null;
            }

            return Page(new Dictionary<int, long> { [0] = 1, [4] = 0 }, 4, Event(0, 0))();
        });
        using HeadwaterClient client = Client(service);

        await client.Stream("s").NewConsumer(From([0, 4])).RunAsync((_, _) => default, stop.Token).WaitAsync(Soon, Cancellation);

        Assert.Equal([0, 4], cursors.Select(c => c.First.Value));
    }

    [Fact]
    public async Task A_page_with_a_partition_that_was_not_asked_for_stops_nothing()
    {
        ConcurrentQueue<int> processed = new();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        using var service = new RoutedHandler(Once(Page(new Dictionary<int, long> { [0] = 1, [5] = 9 }, 0, Event(5, 8), Event(0, 0))));
        using HeadwaterClient client = Client(service);

        await client.Stream("s").NewConsumer(From([0])).RunAsync(
            (e, _) =>
            {
                processed.Enqueue(e.Partition.Value);
                stop.Cancel();
                return default;
            },
            stop.Token).WaitAsync(Soon, Cancellation);

        Assert.Equal([0], processed);
    }

    [Fact]
    public async Task A_commit_of_a_partition_that_the_consumer_has_not_is_partition_lost()
    {
        using var service = new RoutedHandler((_, _) => null);
        using HeadwaterClient client = Client(service);
        Consumer<JsonElement> consumer = client.Stream("s").NewConsumer(new ConsumerOptions { Group = "g" });

        HeadwaterException failed = await Assert.ThrowsAsync<HeadwaterException>(
            () => consumer.CommitAsync([new EventPosition(new PartitionId(3), new Offset(7))], Cancellation));

        Assert.Equal("partition_lost", failed.Code);
        Assert.Empty(service.Requests);
    }

    [Fact]
    public async Task Reading_ends_at_the_log_end_of_its_start_although_others_append()
    {
        long offset = 0;
        using var service = new RoutedHandler((request, _) => request.RequestUri!.AbsolutePath switch
        {
            "/streams/s" => RetryTests.Json(200, Stream(8)),
            "/streams/s/partitions" => RetryTests.Json(200, """{"partitions":[{"partition":0,"logStartOffset":0,"logEndOffset":3,"segments":1,"bytes":9}]}"""),
            _ => Page(new Dictionary<int, long> { [0] = offset + 1 }, 0, Event(0, offset++))(),
        });
        using HeadwaterClient client = Client(service);
        var options = new ReadOptions { Partitions = [default], From = StartFrom.Positions(default(EventPosition)) };

        List<long> read = await client.Stream("s").ReadAsync(options, Cancellation).Take(10).Select(e => e.Offset.Value).ToListAsync(Cancellation);

        Assert.Equal([0, 1, 2], read);
    }

    [Fact]
    public async Task A_page_that_goes_beyond_the_log_end_of_the_start_is_read_up_to_it()
    {
        using var service = new RoutedHandler((request, _) => request.RequestUri!.AbsolutePath switch
        {
            "/streams/s" => RetryTests.Json(200, Stream(8)),
            "/streams/s/partitions" => RetryTests.Json(200, """{"partitions":[{"partition":0,"logStartOffset":0,"logEndOffset":3,"segments":1,"bytes":9}]}"""),
            _ => Page(new Dictionary<int, long> { [0] = 5 }, 0, [.. Enumerable.Range(0, 5).Select(i => Event(0, i))])(),
        });
        using HeadwaterClient client = Client(service);
        var options = new ReadOptions { Partitions = [default], From = StartFrom.Positions(default(EventPosition)) };

        List<long> read = await client.Stream("s").ReadAsync(options, Cancellation).Select(e => e.Offset.Value).ToListAsync(Cancellation);

        Assert.Equal([0, 1, 2], read);
    }

    internal static bool IsRead(HttpRequestMessage request) => request.RequestUri!.AbsolutePath == "/streams/s/events";

    internal static string Stream(int partitions) =>
        RetryTests.Stream.Replace("\"partitions\":1", $"\"partitions\":{partitions}", StringComparison.Ordinal);

    internal static string Event(int partition, long offset) =>
        $$"""{"partition":{{partition}},"offset":{{offset}},"appended":"2026-01-01T00:00:00.000000Z","key":"k","value":1}""";

    /// <summary>A page that says where the next one begins.</summary>
    internal static Func<HttpResponseMessage> Page(Dictionary<int, long> next, int first, params string[] events) => () =>
    {
        HttpResponseMessage page = RetryTests.Json(200, string.Concat(events.Select(e => e + "\n")), "application/x-ndjson");
        page.Headers.Add("Next-Cursor", new ReadCursor
        {
            StreamId = StreamId,
            Partitions = 8,
            Offsets = next.ToDictionary(n => new PartitionId(n.Key), n => new Offset(n.Value)),
            First = new PartitionId(first),
        }.ToString());
        return page;
    };

    private static ReadCursor CursorOf(HttpRequestMessage request) =>
        ReadCursor.Parse(request.RequestUri!.Query.Split('&')[0]["?cursor=".Length..])!;

    /// <summary>The stream, this page, and then no event.</summary>
    private static Func<HttpRequestMessage, string, HttpResponseMessage?> Once(Func<HttpResponseMessage> page)
    {
        int reads = 0;
        return (request, _) => !IsRead(request) ? RetryTests.Json(200, Stream(8)) : Interlocked.Increment(ref reads) == 1 ? page() : null;
    }

    private static ConsumerOptions From(int[] partitions) => new()
    {
        Partitions = [.. partitions.Select(p => new PartitionId(p))],
        From = StartFrom.Positions(partitions.Select(p => new EventPosition(new PartitionId(p), default))),
    };

    private static HeadwaterClient Client(HttpMessageHandler handler) =>
        new(new HeadwaterClientOptions { Address = new Uri("http://log.example"), Handler = handler });
}
