using Headwater.Log.Ports;
using Headwater.Testing;

namespace Headwater.Storage.Azure.Tests.Errors;

public sealed class Append_timeouts
{
    private readonly FaultPolicy _hangs = new(_ => new Fault.Hangs());

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task No_answer_in_time_leaves_the_outcome_unknown()
    {
        Scripted azure = Hanging(TimeSpan.FromSeconds(10));
        Task<AppendAnswer> append = azure.Blobs.AppendBlockAsync("a", 0, new byte[] { 1 }, Cancellation).AsTask();

        azure.Time.Advance(TimeSpan.FromSeconds(10));

        AppendAnswer answer = await append;
        Assert.Equal((AppendStatus.Unknown, "timeout", 1), (answer.Status, answer.Reason, _hangs.Seen));
    }

    [Fact]
    public async Task It_is_not_given_up_before_its_time()
    {
        Scripted azure = Hanging(TimeSpan.FromSeconds(10));
        using CancellationTokenSource caller = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        Task<AppendAnswer> append = azure.Blobs.AppendBlockAsync("a", 0, new byte[] { 1 }, caller.Token).AsTask();

        azure.Time.Advance(TimeSpan.FromSeconds(9.999));

        Assert.False(append.IsCompleted);
        await caller.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => append);
    }

    [Fact]
    public async Task A_caller_that_gives_up_gets_its_cancellation_and_no_answer()
    {
        Scripted azure = Hanging(TimeSpan.FromSeconds(10));
        using CancellationTokenSource caller = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        Task<AppendAnswer> append = azure.Blobs.AppendBlockAsync("a", 0, new byte[] { 1 }, caller.Token).AsTask();

        await caller.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => append);
    }

    [Fact]
    public async Task A_write_that_is_not_answered_in_time_is_unavailable()
    {
        Scripted azure = Hanging(TimeSpan.FromSeconds(3));
        Task<bool> seal = azure.Blobs.SealAsync("a", Cancellation).AsTask();

        azure.Time.Advance(TimeSpan.FromSeconds(3));

        StorageException thrown = await Assert.ThrowsAsync<StorageException>(() => seal);
        Assert.Equal((StorageFault.Unavailable, 1), (thrown.Fault, _hangs.Seen));
    }

    private Scripted Hanging(TimeSpan timeout) =>
        new(options => options with { CallTimeout = timeout, Pipelines = options.Pipelines with { Blobs = [_hangs] } });
}
