using Headwater.Contracts.Errors;
using Headwater.Http.Bodies;
using Headwater.Log.Budgets;
using Xunit;

namespace Headwater.Http.Tests.Append;

public sealed class BodyBudgetTests
{
    [Fact]
    public async Task A_body_beyond_what_bodies_may_take_is_429()
    {
        var bodies = new RequestBody(new BodyBudget(100_000));
        HeadwaterException refused = await Assert.ThrowsAsync<HeadwaterException>(() => bodies.ReadAsync(TestApi.Context("POST", "/", new byte[200_000])));
        Assert.Equal((ErrorCode.Overloaded, true), (refused.Code, refused.RetryAfter > TimeSpan.Zero));
    }

    [Fact]
    public async Task What_a_body_took_is_given_back_with_it()
    {
        var bodies = new RequestBody(new BodyBudget(200_000));
        for (int i = 0; i < 10; i++)
        {
            (await bodies.ReadAsync(TestApi.Context("POST", "/", new byte[100_000]))).Dispose();
        }

        using PooledBytes last = await bodies.ReadAsync(TestApi.Context("POST", "/", new byte[100_000]));
        Assert.Equal(100_000, last.Length);
    }

    [Fact]
    public async Task What_a_refused_body_took_is_given_back()
    {
        var budget = new BodyBudget(100_000);
        await Assert.ThrowsAsync<HeadwaterException>(() => new RequestBody(budget).ReadAsync(TestApi.Context("POST", "/", new byte[200_000])));
        Assert.True(budget.TryTake(100_000));
    }
}
