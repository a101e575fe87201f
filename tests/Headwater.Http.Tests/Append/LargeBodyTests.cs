using System.Buffers.Binary;
using System.IO.Compression;
using Headwater.Contracts.Errors;
using Headwater.Http.Bodies;
using Headwater.Log.Budgets;
using Xunit;

namespace Headwater.Http.Tests.Append;

/// <summary>Large bodies leave processors to small requests, and fit the budget that is made for them.</summary>
public sealed class LargeBodyTests
{
    private const int Large = 5_000_000;

    private readonly BodyBudget _budget = new(512_000_000);
    private readonly RequestBody _bodies;

    public LargeBodyTests() => _bodies = new RequestBody(_budget, TimeProvider.System, new LargeTurns(1));

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Large_bodies_are_read_one_after_the_other_and_small_ones_beside_them(bool isGzip)
    {
        PooledBytes first = await ReadAsync(Large, isGzip);
        Task<PooledBytes> second = ReadAsync(Large, isGzip);
        Assert.False(second.IsCompleted);
        using PooledBytes small = await ReadAsync(100_000, isGzip);
        Assert.False(second.IsCompleted);
        first.Dispose();
        (await second).Dispose();
    }

    [Fact]
    public async Task Beyond_16_large_bodies_that_wait_the_next_is_429_and_holds_nothing()
    {
        PooledBytes first = await ReadAsync(Large, isGzip: false);
        Task<PooledBytes>[] waiting = [.. Enumerable.Range(0, 16).Select(_ => ReadAsync(Large, isGzip: false))];
        long taken = _budget.Taken;
        HeadwaterException refused = await Assert.ThrowsAsync<HeadwaterException>(() => ReadAsync(Large, isGzip: false));
        Assert.Equal((ErrorCode.Overloaded, true, taken), (refused.Code, refused.RetryAfter > TimeSpan.Zero, _budget.Taken));
        first.Dispose();
        foreach (Task<PooledBytes> next in waiting)
        {
            (await next).Dispose();
        }

        Assert.Equal(0, _budget.Taken);
    }

    [Fact]
    public async Task A_large_body_whose_client_leaves_while_it_waits_gives_its_turn_to_the_next()
    {
        PooledBytes first = await ReadAsync(Large, isGzip: false);
        using var gone = new CancellationTokenSource();
        var context = TestApi.Context("POST", "/", new byte[Large]);
        context.RequestAborted = gone.Token;
        Task<PooledBytes> leaves = _bodies.ReadAsync(context);
        Task<PooledBytes> next = ReadAsync(Large, isGzip: false);
        await gone.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => leaves);
        Assert.False(next.IsCompleted);
        first.Dispose();
        (await next).Dispose();
        Assert.Equal(0, _budget.Taken);
    }

    [Fact]
    public async Task A_gzip_body_of_90_MB_fits_the_budget_of_a_process_of_1_GiB()
    {
        var bodies = new RequestBody(new BodyBudget((1L << 30) / 5), TimeProvider.System, new LargeTurns(1));
        using PooledBytes body = await bodies.ReadAsync(Context(90_000_000, isGzip: true));
        Assert.Equal(90_000_000, body.Length);
    }

    [Fact]
    public async Task A_gzip_body_that_is_longer_than_it_says_is_malformed()
    {
        byte[] sent = Gzip(3_000_000);
        BinaryPrimitives.WriteUInt32LittleEndian(sent.AsSpan(^4), 2_000_000);
        var context = TestApi.Context("POST", "/", sent, ("Content-Encoding", "gzip"));
        HeadwaterException refused = await Assert.ThrowsAsync<HeadwaterException>(() => _bodies.ReadAsync(context));
        Assert.Equal((ErrorCode.MalformedBody, 0), (refused.Code, _budget.Taken));
    }

    private Task<PooledBytes> ReadAsync(int bytes, bool isGzip) => _bodies.ReadAsync(Context(bytes, isGzip));

    private static Microsoft.AspNetCore.Http.HttpContext Context(int bytes, bool isGzip) => isGzip
        ? TestApi.Context("POST", "/", Gzip(bytes), ("Content-Encoding", "gzip"))
        : TestApi.Context("POST", "/", new byte[bytes]);

    private static byte[] Gzip(int bytes)
    {
        using var sent = new MemoryStream();
        using (var gzip = new GZipStream(sent, CompressionLevel.Fastest))
        {
            gzip.Write(new byte[bytes]);
        }

        return sent.ToArray();
    }
}
