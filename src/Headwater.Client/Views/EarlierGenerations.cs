using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.Logging;

namespace Headwater.Client;

/// <summary>Closes and deletes the generations that served, beside the view: a read of one may stay open for long.</summary>
/// <param name="options">The view's options.</param>
/// <param name="time">The clock.</param>
/// <param name="log">Takes what was not deleted.</param>
internal sealed class EarlierGenerations<TValue>(ViewOptions options, TimeProvider time, ILogger log)
{
    /// <summary>How long a view that ends waits for reads that are open.</summary>
    private static readonly TimeSpan MostReads = TimeSpan.FromSeconds(5);

    private readonly TaskCompletionSource _enough = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private readonly List<Task> _discards = [];

    /// <summary>Begins to close and delete a generation. One call at a time.</summary>
    public void Discard(ServedGeneration<TValue> served)
    {
        _discards.RemoveAll(d => d.IsCompleted);
        _discards.Add(Task.Run(() => DiscardAsync(served)));
    }

    /// <summary>Closes the last generation, which stays stored, and waits for the others.</summary>
    public async Task FinishAsync(ServedGeneration<TValue> last)
    {
        await using ITimer timer = time.CreateTimer(_ => _enough.TrySetResult(), null, MostReads, Timeout.InfiniteTimeSpan);
        await last.CloseAsync(_enough.Task);
        await Task.WhenAll(_discards);
    }

    [SuppressMessage("Design", "CA1031:Do not catch general exception types", Justification = "The view goes on without it; the failure is logged.")]
    private async Task DiscardAsync(ServedGeneration<TValue> served)
    {
        try
        {
            await served.DiscardAsync(options.Storage, _enough.Task);
        }
        catch (Exception failed)
        {
            log.LogDiscardFailed(options.Name, failed);
        }
    }
}
