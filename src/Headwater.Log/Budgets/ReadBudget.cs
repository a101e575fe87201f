namespace Headwater.Log.Budgets;

/// <summary>
/// Limits the memory of reads: stored blocks as read from storage, blocks as decompressed, and the text that is not sent yet. Without it, a few reads of well
/// compressed events would exhaust the process. Thread-safe.
/// </summary>
/// <param name="bytes">The limit in bytes.</param>
public sealed class ReadBudget(long bytes) : MemoryBudget(bytes, "pages", "pages of events");
