using Headwater.Contracts.Errors;
using Headwater.Http.Bodies;
using Headwater.Log.Budgets;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Headwater.Http.Tests.Append;

/// <summary>Memory is charged to a client as its bytes arrive, and not for long.</summary>
public sealed class SlowBodyTests
{
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(5);

    private readonly FakeTimeProvider _time = new();
    private readonly BodyBudget _budget = new(512_000_000);
    private readonly RequestBody _bodies;

    public SlowBodyTests() => _bodies = new RequestBody(_budget, _time, LargeTurns.OfProcess());

    [Fact]
    public async Task Bytes_that_are_declared_and_not_sent_are_not_charged()
    {
        using var body = new SlowBody(declared: 25_000_000);
        Task<PooledBytes> read = _bodies.ReadAsync(body.Context);
        await body.SendAsync(10_000);
        Assert.InRange(_budget.Taken, 1, 64 * 1024);
        body.End();
        (await read).Dispose();
        Assert.Equal(0, _budget.Taken);
    }

    [Fact]
    public async Task A_body_takes_at_most_four_times_what_has_arrived()
    {
        using var body = new SlowBody(declared: 25_000_000);
        Task<PooledBytes> read = _bodies.ReadAsync(body.Context);
        for (int sent = 1_000_000; sent < 25_000_000; sent += 1_000_000)
        {
            await body.SendAsync(1_000_000);
            Assert.InRange(_budget.Taken, 0, 4L * sent);
        }

        body.End();
        (await read).Dispose();
    }

    [Fact(Timeout = 20_000)]
    public async Task A_body_that_stops_is_429_after_5_seconds_and_returns_its_memory()
    {
        using var body = new SlowBody(declared: 25_000_000);
        Task<PooledBytes> read = _bodies.ReadAsync(body.Context);
        await body.SendAsync(10_000);
        _time.Advance(Look);
        Assert.False(read.IsCompleted);
        _time.Advance(Look);
        HeadwaterException refused = await Assert.ThrowsAsync<HeadwaterException>(() => read.WaitAsync(TestContext.Current.CancellationToken));
        Assert.Equal((ErrorCode.Overloaded, 0), (refused.Code, _budget.Taken));
    }

    [Fact(Timeout = 20_000)]
    public async Task A_body_that_holds_8_MB_must_arrive_at_125_KB_a_second()
    {
        Assert.True(await IsReadAsync(8_000_000, each: 900_000, TestContext.Current.CancellationToken));
        Assert.False(await IsReadAsync(8_000_000, each: 600_000, TestContext.Current.CancellationToken));
    }

    [Fact(Timeout = 20_000)]
    public async Task A_small_body_may_arrive_at_240_bytes_a_second()
    {
        Assert.True(await IsReadAsync(0, each: 1_200, TestContext.Current.CancellationToken));
        Assert.False(await IsReadAsync(0, each: 1_100, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_sixteenth_of_the_budget_is_kept_for_bodies_of_at_most_64_KiB()
    {
        using MemoryCharge others = _budget.Large.Charge(480_000_000);
        using PooledBytes small = await _bodies.ReadAsync(TestApi.Context("POST", "/", new byte[60_000]));
        Assert.Equal(60_000, small.Length);
        HeadwaterException refused = await Assert.ThrowsAsync<HeadwaterException>(() => _bodies.ReadAsync(TestApi.Context("POST", "/", new byte[70_000])));
        Assert.Equal(ErrorCode.Overloaded, refused.Code);
    }

    [Fact]
    public async Task A_body_of_more_than_an_eighth_of_the_budget_is_too_large_for_the_process()
    {
        var budget = new BodyBudget(80_000_000);
        var bodies = new RequestBody(budget, _time, LargeTurns.OfProcess());
        HeadwaterException refused = await Assert.ThrowsAsync<HeadwaterException>(() => bodies.ReadAsync(TestApi.Context("POST", "/", new byte[10_000_001])));
        Assert.Equal((ErrorCode.BodyTooLarge, 0), (refused.Code, budget.Taken));
    }

    /// <summary>Sends bytes at once and then some every 5 seconds.</summary>
    private async Task<bool> IsReadAsync(int first, int each, CancellationToken cancellation)
    {
        using var body = new SlowBody(declared: 25_000_000);
        Task<PooledBytes> read = _bodies.ReadAsync(body.Context);
        if (first > 0)
        {
            await body.SendAsync(first);
        }

        for (int i = 0; i < 3 && !read.IsCompleted; i++)
        {
            await body.SendAsync(each);
            _time.Advance(Look);
        }

        body.End();
        try
        {
            (await read.WaitAsync(cancellation)).Dispose();
            return true;
        }
        catch (HeadwaterException refused) when (refused.Code == ErrorCode.Overloaded)
        {
            return false;
        }
    }
}
