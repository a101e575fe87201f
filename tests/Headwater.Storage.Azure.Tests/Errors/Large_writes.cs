using Headwater.Log.Ports;
using Headwater.Testing;

namespace Headwater.Storage.Azure.Tests.Errors;

/// <summary>The time for a call grows with what is sent, and large content is sent in blocks.</summary>
public sealed class Large_writes
{
    private const int Mebibyte = 1 << 20;

    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(10);

    private readonly FaultPolicy _hangs = new(_ => new Fault.Hangs());

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public static TheoryData<string> Writes => ["append", "stage", "write"];

    [Theory]
    [MemberData(nameof(Writes))]
    public async Task A_write_has_a_second_more_per_mebibyte(string write)
    {
        Scripted azure = new(options => options with { CallTimeout = Timeout, Pipelines = options.Pipelines with { Blobs = [_hangs] } });
        Task sent = SendAsync(azure.Blobs, write, new byte[6 * Mebibyte]);
        azure.Time.Advance(Timeout + TimeSpan.FromSeconds(5.9));

        // A timeout that fires ends the call on another thread.
        await Task.WhenAny(sent, Task.Delay(TimeSpan.FromMilliseconds(200), TimeProvider.System, Cancellation));
        Assert.False(sent.IsCompleted);
        azure.Time.Advance(TimeSpan.FromSeconds(0.2));

        Assert.IsType<StorageException>(await Record.ExceptionAsync(() => sent));
        Assert.Equal(1, _hangs.Seen);
    }

    [Fact]
    public async Task Content_of_48_MiB_is_staged_in_blocks_of_4_MiB()
    {
        Scripted azure = new();
        for (int i = 0; i < 12; i++)
        {
            azure.Service.Then(new CannedResponse(201).With("Date", "Sun, 01 Mar 2026 12:00:00 GMT"));
        }

        azure.Service.Then(Committed());

        Assert.Equal("0x7", await azure.Blobs.WriteAsync("a", new byte[48 * Mebibyte], WriteCondition.Always, Cancellation));
        Assert.Equal(12, azure.Service.Asked.Count(a => a.Contains("comp=block&", StringComparison.Ordinal)));
        Assert.Contains("comp=blocklist", azure.Service.Asked[^1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Content_of_8_MiB_is_one_call()
    {
        Scripted azure = new();
        azure.Service.Then(Committed());

        Assert.Equal("0x7", await azure.Blobs.WriteAsync("a", new byte[8 * Mebibyte], WriteCondition.Always, Cancellation));
        Assert.Single(azure.Service.Asked);
    }

    [Fact]
    public async Task A_block_that_fails_ends_the_write_without_a_commit()
    {
        Scripted azure = new();
        azure.Service.Then(new CannedResponse(201).With("Date", "Sun, 01 Mar 2026 12:00:00 GMT")).Then(CannedResponse.Error(500, "InternalError"));

        await Assert.ThrowsAsync<StorageException>(() => azure.Blobs.WriteAsync("a", new byte[12 * Mebibyte], WriteCondition.IfAbsent, Cancellation).AsTask());
        Assert.Equal(2, azure.Service.Asked.Count);
    }

    [Fact]
    public async Task A_condition_of_large_content_is_that_of_the_commit()
    {
        Scripted azure = new();
        for (int i = 0; i < 3; i++)
        {
            azure.Service.Then(new CannedResponse(201).With("Date", "Sun, 01 Mar 2026 12:00:00 GMT"));
        }

        azure.Service.Then(request =>
        {
            Assert.True(request.Headers.TryGetValue("If-Match", out string? tag) && tag!.Contains("0x6", StringComparison.Ordinal));
            return CannedResponse.Error(412, "ConditionNotMet");
        });

        Assert.Null(await azure.Blobs.WriteAsync("a", new byte[12 * Mebibyte], WriteCondition.IfUnchanged("0x6"), Cancellation));
    }

    private static CannedResponse Committed() => new CannedResponse(201)
        .With("ETag", "\"0x7\"")
        .With("Last-Modified", "Sun, 01 Mar 2026 12:00:00 GMT")
        .With("Date", "Sun, 01 Mar 2026 12:00:00 GMT");

    private static async Task SendAsync(IBlobs blobs, string write, byte[] content)
    {
        switch (write)
        {
            case "append":
                AppendAnswer answer = await blobs.AppendBlockAsync("a", 0, content, Cancellation);
                throw new StorageException(StorageFault.Unavailable, answer.Reason ?? "");
            case "stage":
                await blobs.StageBlockAsync("a", "AAAA", content, Cancellation);
                break;
            default:
                await blobs.WriteAsync("a", content, WriteCondition.Always, Cancellation);
                break;
        }
    }
}
