using System.Globalization;
using Headwater.Log.Model;

namespace Headwater.Hosting.Composition;

/// <summary>The memory that the process may use, from which the log's budgets derive.</summary>
public static class ProcessMemory
{
    private const int LeastMegabytes = 256;

    private const int MostMegabytes = 1 << 20;

    /// <summary>
    /// Reads a setting in MB. Without it, the runtime says: three quarters of the container's limit, or the machine's memory.
    /// </summary>
    /// <param name="megabytes">The setting's text; null or empty if it is absent.</param>
    /// <param name="bytes">Bytes that the process may use.</param>
    /// <returns>False if the text is not a whole number from 256 to 1,048,576.</returns>
    public static bool TryRead(string? megabytes, out long bytes)
    {
        if (string.IsNullOrWhiteSpace(megabytes))
        {
            bytes = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;
            return true;
        }

        bool isNumber = int.TryParse(megabytes, NumberStyles.None, CultureInfo.InvariantCulture, out int number);
        bytes = (long)number << 20;
        return isNumber && number is >= LeastMegabytes and <= MostMegabytes;
    }

    /// <summary>
    /// Makes the garbage collector keep the heap below three quarters of the memory that a setting allows. The rest is for code, stacks and native buffers.
    /// </summary>
    /// <param name="bytes">Bytes that the process may use.</param>
    public static void LimitHeap(long bytes)
    {
        AppContext.SetData("GCHeapHardLimit", (ulong)(bytes / 4 * 3));
        GC.RefreshMemoryLimit();
    }

    /// <summary>What operators should know about a process with little memory; null if there is nothing.</summary>
    public static string? WarningOf(LogOptions options) => options.LargestBody < Limits.BodyBytes
        ? $"Request bodies above {options.LargestBody:N0} bytes are refused, because this process may use little memory; 1,000 MB are enough for all."
        : null;
}
