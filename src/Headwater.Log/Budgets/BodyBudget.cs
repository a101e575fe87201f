using Headwater.Contracts.Errors;

namespace Headwater.Log.Budgets;

/// <summary>
/// Limits the memory of the request bodies that share this budget, so that too many large bodies are rejected instead of exhausting the process. Thread-safe.
/// </summary>
/// <param name="bytes">The limit.</param>
public sealed class BodyBudget(long bytes)
{
    private long _taken;

    /// <summary>Takes bytes from the budget, to be given back once with <see cref="GiveBack"/>.</summary>
    /// <param name="size">Bytes, 0 or more.</param>
    /// <returns>False, and nothing is taken, if the budget does not have that many bytes left.</returns>
    public bool TryTake(int size)
    {
        if (Interlocked.Add(ref _taken, size) <= bytes)
        {
            return true;
        }

        GiveBack(size);
        return false;
    }

    /// <summary>Gives back bytes that <see cref="TryTake"/> took.</summary>
    /// <param name="size">The size that was taken.</param>
    public void GiveBack(int size) => Interlocked.Add(ref _taken, -size);

    /// <summary>The error to throw after <see cref="TryTake"/> returned false: Overloaded, to be retried after 1 s.</summary>
    public HeadwaterException Exhausted() =>
        new(ErrorCode.Overloaded, $"Active requests already hold {bytes:N0} bytes of bodies; retry.") { RetryAfter = TimeSpan.FromSeconds(1) };
}
