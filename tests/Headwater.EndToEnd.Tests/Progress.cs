namespace Headwater.EndToEnd.Tests;

/// <summary>Waiting for real work to be done, however slow the machine is.</summary>
internal static class Progress
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    /// <summary>Looks again and again until nothing is left.</summary>
    /// <param name="left">How much.</param>
    /// <param name="patience">Given up once that has not changed for so long.</param>
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
