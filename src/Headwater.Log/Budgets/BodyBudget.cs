using Headwater.Contracts.Errors;

namespace Headwater.Log.Budgets;

/// <summary>How much memory request bodies may take at once, so that many large ones are refused rather than end the process.</summary>
public sealed class BodyBudget(long bytes)
{
    private long _taken;

    public bool TryTake(int size)
    {
        if (Interlocked.Add(ref _taken, size) <= bytes)
        {
            return true;
        }

        GiveBack(size);
        return false;
    }

    public void GiveBack(int size) => Interlocked.Add(ref _taken, -size);

    public HeadwaterException Exhausted() =>
        new(ErrorCode.Overloaded, $"Active requests already hold {bytes:N0} bytes of bodies; retry.") { RetryAfter = TimeSpan.FromSeconds(1) };
}
