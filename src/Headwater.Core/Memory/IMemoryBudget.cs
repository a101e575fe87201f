namespace Headwater.Core.Memory;

/// <summary>A limit on the memory that many buffers hold together. Thread-safe.</summary>
public interface IMemoryBudget
{
    /// <summary>Charges bytes before they are allocated.</summary>
    /// <param name="bytes">At least 0.</param>
    /// <exception cref="Exception">The budget is exhausted, and nothing was charged; each budget throws its own exception.</exception>
    void Take(long bytes);

    /// <summary>Returns bytes that were charged.</summary>
    /// <param name="bytes">At least 0.</param>
    void GiveBack(long bytes);
}
