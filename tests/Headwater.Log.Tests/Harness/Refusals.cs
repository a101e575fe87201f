using Headwater.Contracts.Errors;
using Headwater.Contracts.Json;
using Xunit;

namespace Headwater.Log.Tests;

/// <summary>Assertions about refused requests.</summary>
internal static class Refusals
{
    /// <summary>Asserts that the work is refused with this code.</summary>
    public static async Task<HeadwaterException> IsRefusedAsync(this Task work, ErrorCode code)
    {
        HeadwaterException refusal = await Assert.ThrowsAsync<HeadwaterException>(() => work);
        Assert.Equal(code, refusal.Code);
        return refusal;
    }

    public static IReadOnlyList<EventFault> FaultsNamed(this HeadwaterException refusal) =>
        Assert.IsType<EventFaultsFacts>(refusal.Facts).Errors;

    public static long Number(this HeadwaterException refusal, string fact) =>
        refusal.Facts.ToJson().GetProperty(fact).GetInt64();
}
