namespace Headwater.Log.Budgets;

/// <summary>
/// Limits the memory of request bodies: as sent, decompressed, parsed, and encoded as events until they are stored. Without it, many large bodies would exhaust
/// the process. Thread-safe.
/// </summary>
/// <param name="bytes">The limit in bytes.</param>
public sealed class BodyBudget(long bytes) : MemoryBudget(bytes, "bodies", "bodies");
