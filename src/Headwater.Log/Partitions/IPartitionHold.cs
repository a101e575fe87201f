namespace Headwater.Log.Partitions;

/// <summary>
/// Counts what uses a partition: operations, and work that goes on after an operation gave up waiting. While the count is above zero, the process keeps the
/// partition in memory.
/// </summary>
internal interface IPartitionHold
{
    void Enter();

    /// <summary>Call it once for each <see cref="Enter"/>.</summary>
    void Leave();
}

/// <summary>For a partition that no cache keeps.</summary>
internal sealed class NoHold : IPartitionHold
{
    public static NoHold Instance { get; } = new();

    public void Enter()
    {
    }

    public void Leave()
    {
    }
}

/// <summary>Work that holds a partition.</summary>
internal static class PartitionHolds
{
    public static async Task WhileAsync(this IPartitionHold hold, Func<Task> work)
    {
        hold.Enter();
        try
        {
            await work();
        }
        finally
        {
            hold.Leave();
        }
    }

    public static async Task<T> WhileAsync<T>(this IPartitionHold hold, Func<Task<T>> work)
    {
        hold.Enter();
        try
        {
            return await work();
        }
        finally
        {
            hold.Leave();
        }
    }
}
