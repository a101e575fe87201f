namespace Headwater.Client;

/// <summary>Builds a second generation from the log while the first serves, compares both at the same offsets, and lets the second take over.</summary>
internal sealed class ViewRebuild<TKey, TValue>(ViewRuntime<TKey, TValue> view, RebuildOptions<TKey, TValue> options)
{
    /// <exception cref="HeadwaterException">view_outdated: the log changed under one of the generations; try again.</exception>
    public async Task<RebuildReport<TKey, TValue>> RunAsync(CancellationToken cancellation)
    {
        ViewDefinition<TKey, TValue> definition = options.Definition ?? view.Definition;
        ViewOptions kept = view.Options with { Version = options.Version ?? view.Options.Version };
        if (options.Definition is not null && kept.Version == view.Options.Version)
        {
            throw new ArgumentException($"Another definition needs another version than {kept.Version}.");
        }

        ServedGeneration<TValue>? next = await new GenerationStart<TKey, TValue>(definition, kept).NewAsync(cancellation);
        try
        {
            await next.CatchUpAsync(cancellation);
            ServedGeneration<TValue> serving = view.Served;
            VerifyReport<TKey, TValue> comparison = await CompareAsync(serving, next, definition, cancellation);
            if (!options.Accept(comparison))
            {
                return new RebuildReport<TKey, TValue>(false, comparison);
            }

            await TakeOverAsync(serving, next, definition, kept, cancellation);
            next = null;
            return new RebuildReport<TKey, TValue>(true, comparison);
        }
        catch (RebuildException stale)
        {
            throw new HeadwaterException(HeadwaterException.ViewOutdated, $"The rebuild of view '{kept.Name}' ended: {stale.Message}", stale)
            {
                Retryable = true,
            };
        }
        finally
        {
            if (next is not null)
            {
                await next.DiscardAsync(kept.Storage);
            }
        }
    }

    private async Task<VerifyReport<TKey, TValue>> CompareAsync(
        ServedGeneration<TValue> serving, ServedGeneration<TValue> next, ViewDefinition<TKey, TValue> definition, CancellationToken cancellation)
    {
        (Hold first, Hold second) = await AlignAsync(serving, next, cancellation);
        TableReader<TValue>? before;
        TableReader<TValue>? after;
        using (first)
        using (second)
        {
            (before, after) = (serving.TryRead(), next.TryRead());
        }

        using (before)
        using (after)
        {
            ObjectDisposedException.ThrowIf(before is null || after is null, view);
            return new RowComparison<TKey, TValue>(definition.Keys, definition.Values, options.Compare)
                .Compare(after.Range(null, null), before.Range(null, null), cancellation);
        }
    }

    /// <summary>The reads of one caller never go back to earlier offsets, so the next generation has read at least what the one before has.</summary>
    private async Task TakeOverAsync(
        ServedGeneration<TValue> serving,
        ServedGeneration<TValue> next,
        ViewDefinition<TKey, TValue> definition,
        ViewOptions kept,
        CancellationToken cancellation)
    {
        (Hold first, Hold second) = await AlignAsync(serving, next, cancellation);
        using (first)
        using (second)
        {
            view.Serve(next, isBuilt: true);
            (view.Definition, view.Options) = (definition, kept);
        }

        await serving.DiscardAsync(kept.Storage);
    }

    /// <summary>Stops both generations at the same offsets of the streams that both read.</summary>
    private static async Task<(Hold First, Hold Second)> AlignAsync(
        ServedGeneration<TValue> serving, ServedGeneration<TValue> next, CancellationToken cancellation)
    {
        Hold first = await serving.Run.HoldAsync(cancellation);
        Hold? second = null;
        try
        {
            second = await next.Run.HoldAsync(cancellation);
            (ViewPositions before, ViewPositions after) = (serving.Run.Positions, next.Run.Positions);
            await Task.WhenAll(
                first.AdvanceAsync(before.LaterOf(after), cancellation), second.AdvanceAsync(after.LaterOf(before), cancellation));
            return (first, second);
        }
        catch
        {
            first.Dispose();
            second?.Dispose();
            throw;
        }
    }
}
