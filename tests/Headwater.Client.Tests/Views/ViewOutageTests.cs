using System.Net;
using Headwater.Core.Positions;
using Microsoft.Extensions.Time.Testing;

namespace Headwater.Client.Tests;

/// <summary>Views whose service refuses them for a while, or whose stream is replaced.</summary>
public sealed class ViewOutageTests
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(30);

    private readonly FakeLog _log = new(seed: 19);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(HttpStatusCode.Unauthorized)]
    [InlineData(HttpStatusCode.Forbidden)]
    [InlineData(HttpStatusCode.NotFound)]
    [InlineData(HttpStatusCode.OK)]
    public async Task A_view_that_is_refused_for_a_while_goes_on(HttpStatusCode status)
    {
        _log.Create("s", 1, isEntity: true);
        var time = new FakeTimeProvider(_log.Now);
        await using View<string, Flight> view = await StartAsync(time);
        int refused = 0;
        _log.Intercept = path => path.EndsWith("/events", StringComparison.Ordinal) && ++refused <= 2 ? OfProxy(status) : null;
        Append(1); // Ends the read that waits.

        Task shown = view.WaitForAsync(Append(2), Cancellation);
        while (!shown.IsCompleted)
        {
            time.Advance(TimeSpan.FromSeconds(1));
            await Task.Delay(TimeSpan.FromMilliseconds(5), Cancellation);
        }

        await shown;
        Assert.True(refused > 2);
        Assert.Equal(2, view.Get("a")!.Delay);
    }

    [Fact]
    public async Task A_start_that_is_refused_fails_at_once()
    {
        _log.Create("s", 1, isEntity: true);
        Append(1);
        _log.Intercept = path => path.EndsWith("/events", StringComparison.Ordinal) ? new HttpResponseMessage(HttpStatusCode.Forbidden) : null;

        HeadwaterException refused = await Assert.ThrowsAsync<HeadwaterException>(() => StartAsync().WaitAsync(Soon, Cancellation));

        Assert.Equal(403, refused.Status);
    }

    [Fact]
    public async Task A_view_whose_stream_is_replaced_and_not_found_for_a_while_goes_on()
    {
        var time = new FakeTimeProvider(_log.Now);
        _log.Create("s", 1, isEntity: true);
        await using View<string, Flight> view = await StartAsync(time);
        int missing = 0;
        _log.Intercept = path => path == "/streams/s" && ++missing == 1 ? FakeLog.Problem(404, "stream_not_found", "") : null;

        _log.Create("s", 1, isEntity: true);
        Append(7);
        while (view.Get("a")?.Delay != 7)
        {
            Assert.False(view.Completion.IsCompleted, $"{view.Completion.Exception}");
            time.Advance(TimeSpan.FromSeconds(1));
            await Task.Delay(TimeSpan.FromMilliseconds(5), Cancellation);
        }

        Assert.True(missing > 1);
    }

    [Fact]
    public async Task A_build_that_failed_is_repeated_after_a_pause()
    {
        var time = new FakeTimeProvider(_log.Now);
        _log.Create("s", 1, isEntity: true);
        Append(1);
        int reads = 0;
        _log.Intercept = path =>
        {
            if (path.EndsWith("/events", StringComparison.Ordinal))
            {
                Interlocked.Increment(ref reads);
                return FakeLog.Problem(409, "stream_replaced", "");
            }

            return null;
        };

        DateTimeOffset began = time.GetUtcNow();
        Task<View<string, Flight>> start = StartAsync(time);
        while (!start.IsCompleted)
        {
            time.Advance(TimeSpan.FromSeconds(1));
            await Task.Delay(TimeSpan.FromMilliseconds(5), Cancellation);
        }

        HeadwaterException failed = await Assert.ThrowsAsync<HeadwaterException>(() => start);
        Assert.Equal(HeadwaterException.ViewOutdated, failed.Code);
        Assert.Equal(3, reads);
        Assert.True(time.GetUtcNow() - began >= TimeSpan.FromSeconds(10), $"Three builds took {time.GetUtcNow() - began}, without pauses.");
    }

    [Fact]
    public async Task A_wait_for_a_position_fails_when_the_stream_is_replaced()
    {
        _log.Create("s", 1, isEntity: true);
        await using View<string, Flight> view = await StartAsync();
        Task wait = view.WaitForAsync(new EventPosition(new PartitionId(0), new Offset(1_000)), Cancellation);

        _log.Create("s", 1, isEntity: true);

        HeadwaterException failed = await Assert.ThrowsAsync<HeadwaterException>(() => wait.WaitAsync(Soon, Cancellation));
        Assert.Equal("stream_replaced", failed.Code);
    }

    [Fact]
    public async Task A_wait_for_an_append_to_a_stream_that_was_replaced_fails()
    {
        _log.Create("s", 1, isEntity: true);
        AppendResult appended = Appended(Append(1));
        _log.Create("s", 1, isEntity: true);
        Append(2);
        await using View<string, Flight> view = await StartAsync();

        HeadwaterException failed = await Assert.ThrowsAsync<HeadwaterException>(() => view.WaitForAsync(appended, Cancellation));
        Assert.Equal("stream_replaced", failed.Code);
    }

    [Fact]
    public async Task A_wait_for_an_append_to_a_new_stream_waits_until_the_view_reads_it()
    {
        _log.Create("s", 1, isEntity: true);
        Append(1);
        await using View<string, Flight> view = await StartAsync();
        string replaced = _log.IdOf("s");
        var late = new TaskCompletionSource();
        _log.BeforeRead = id => id == replaced ? late.Task : Task.CompletedTask;
        _log.Create("s", 1, isEntity: true);
        Task wait = view.WaitForAsync(Appended(Append(2)), Cancellation);

        late.SetResult();
        await wait.WaitAsync(Soon, Cancellation);

        Assert.Equal(2, view.Get("a")!.Delay);
    }

    private static HttpResponseMessage OfProxy(HttpStatusCode status) => new(status) { Content = new StringContent("<html>Sign in</html>") };

    private AppendResult Appended(EventPosition position) =>
        new([new AppendedEvent(position.Partition, position.Offset)], IsReplay: false) { StreamId = _log.IdOf("s") };

    private EventPosition Append(int delay) => _log.Append("s", "a", $"{{\"origin\":\"ABQ\",\"delay\":{delay}}}");

    private Task<View<string, Flight>> StartAsync(TimeProvider? time = null) =>
        _log.NewClient(time).Stream("s", FlightJson.Default.Flight).Latest().StartAsync(new ViewOptions { Name = "v", Version = 1 }, Cancellation);
}
