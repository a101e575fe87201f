namespace Headwater.Log.Budgets;

/// <summary>
/// Limits the memory of reads: stored blocks as read from storage, blocks as decompressed, and the text that is not sent yet. Without it, a few reads of well
/// compressed events would exhaust the process. Thread-safe.
/// </summary>
public sealed class ReadBudget : MemoryBudget
{
    /// <summary>Creates a budget.</summary>
    /// <param name="bytes">The limit in bytes.</param>
    public ReadBudget(long bytes)
        : base(bytes, "pages of events") => Large = new ReadBudget(LargeShare(bytes), this);

    private ReadBudget(long bytes, ReadBudget whole)
        : base(bytes, "pages of events", whole) => Large = this;

    /// <summary>The part for pages above <see cref="MemoryBudget.SmallBytes"/>.</summary>
    public ReadBudget Large { get; }
}
