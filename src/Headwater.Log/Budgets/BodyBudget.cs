namespace Headwater.Log.Budgets;

/// <summary>
/// Limits the memory of request bodies: as received, decompressed, parsed, and encoded as events until they are stored. Without it, many large bodies would
/// exhaust the process. Thread-safe.
/// </summary>
public sealed class BodyBudget : MemoryBudget
{
    /// <summary>Creates a budget.</summary>
    /// <param name="bytes">The limit in bytes.</param>
    public BodyBudget(long bytes)
        : base(bytes, "bodies") => Large = new BodyBudget(LargeShare(bytes), this);

    private BodyBudget(long bytes, BodyBudget whole)
        : base(bytes, "bodies", whole) => Large = this;

    /// <summary>The part for requests above <see cref="MemoryBudget.SmallBytes"/>.</summary>
    public BodyBudget Large { get; }
}
