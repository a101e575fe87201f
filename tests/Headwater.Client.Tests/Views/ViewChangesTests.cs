namespace Headwater.Client.Tests;

/// <summary>The changes that a program follows.</summary>
public sealed class ViewChangesTests
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(30);

    private readonly FakeLog _log = new(seed: 17);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_program_that_begins_to_follow_amid_a_batch_is_asked_to_read_again()
    {
        var entered = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var go = new ManualResetEventSlim();
        Create();
        await using View<string, long> view = await Stream()
            .Fold<Flight, string, long>(ViewKeys.Text, e => e.Value!.Origin, NumberValues.Long, (count, e) =>
            {
                if (e.Value!.Origin == "gate")
                {
                    entered.TrySetResult();
                    go.Wait(Cancellation);
                }

                return count + 1;
            })
            .StartAsync(Options, Cancellation);
        await view.WaitForAsync(Append("first"), Cancellation);
        _log.AppendAll("s", "k", [Value("early"), Value("gate")]);
        await entered.Task.WaitAsync(Soon, Cancellation);

        await using IAsyncEnumerator<ViewChange<string, long>> changes = view.ChangesAsync(Cancellation).GetAsyncEnumerator(Cancellation);
        go.Set();

        Assert.True(await changes.MoveNextAsync());
        Assert.True(changes.Current.IsReset, $"The change of 'early' is missed; the first change is of '{changes.Current.Key}'.");
    }

    [Fact]
    public async Task Changes_can_be_followed_a_second_time()
    {
        Create();
        await using View<string, long> view = await Stream().Count(ViewKeys.Text, e => e.Value!.Origin).StartAsync(Options, Cancellation);
        await view.WaitForAsync(Append("first"), Cancellation);
        IAsyncEnumerable<ViewChange<string, long>> changes = view.ChangesAsync(Cancellation);
        Append("second");
        Assert.True(await changes.AnyAsync(Cancellation));

        await using IAsyncEnumerator<ViewChange<string, long>> again = changes.GetAsyncEnumerator(Cancellation);
        Append("third");

        Assert.True(await again.MoveNextAsync().AsTask().WaitAsync(Soon, Cancellation));
    }

    [Fact]
    public async Task A_change_between_the_call_and_the_first_read_is_not_missed()
    {
        Create();
        await using View<string, long> view = await Stream().Count(ViewKeys.Text, e => e.Value!.Origin).StartAsync(Options, Cancellation);
        await view.WaitForAsync(Append("first"), Cancellation);
        IAsyncEnumerable<ViewChange<string, long>> changes = view.ChangesAsync(Cancellation);
        await view.WaitForAsync(Append("second"), Cancellation);

        ViewChange<string, long> change = await changes.FirstAsync(Cancellation);

        Assert.True(change.IsReset || change.Key == "second");
    }

    [Fact]
    public void Changes_that_nobody_reads_are_not_kept()
    {
        var buffers = new ChangeBuffers<long>();

        buffers.FollowAsync(ViewKeys.Text, Task.CompletedTask, Cancellation);

        Assert.True(buffers.IsEmpty);
    }

    private static ViewOptions Options => new() { Name = "v", Version = 1 };

    private static string Value(string origin) => $"{{\"origin\":\"{origin}\",\"delay\":1}}";

    private void Create() => _log.Create("s", 1, isEntity: false);

    private EventPosition Append(string origin) => _log.Append("s", "k", Value(origin));

    private EventStream<Flight> Stream() => _log.NewClient().Stream("s", FlightJson.Default.Flight);
}
