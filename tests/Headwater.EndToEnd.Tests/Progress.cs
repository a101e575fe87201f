namespace Headwater.EndToEnd.Tests;

/// <summary>Waits for real work to complete, independent of the machine's speed.</summary>
internal static class Progress
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    /// <summary>Polls until no work is left.</summary>
    /// <param name="left">Returns the amount of work left.</param>
    /// <param name="patience">The wait fails if the amount has not changed for this long.</param>
    public static async Task UntilNoneAsync(Func<Task<long>> left, TimeSpan patience)
    {
        using CancellationTokenSource stuck = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        long before = 0;
        while (await left() is var now && now > 0)
        {
            if (now != before)
            {
                stuck.CancelAfter(patience);
                before = now;
            }

            await Task.Delay(Pause, TimeProvider.System, stuck.Token);
        }
    }
}
