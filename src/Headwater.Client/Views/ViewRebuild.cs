namespace Headwater.Client;

/// <summary>Builds a second generation from the log while the first serves, compares both at the same offsets, and lets the second take over.</summary>
internal sealed class ViewRebuild<TKey, TValue>(ViewRuntime<TKey, TValue> view, RebuildOptions<TKey, TValue> options)
{
    /// <summary>How often the next generation reads on before both stop. Less arrives each time, and updates wait for the last part alone.</summary>
    private const int CatchUps = 5;

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
            RequireSameStreams(serving, next);
            for (int i = 0; i < CatchUps; i++)
            {
                Task reached = next.ReachAsync(next.Run.Positions.LaterOf(serving.Run.Positions), cancellation);
                await (HasFailed(serving) ? reached : await Task.WhenAny(reached, serving.Run.Completion));
            }

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
        TableReader<TValue>? before;
        TableReader<TValue>? after;
        using (await AlignAsync(serving, next, cancellation))
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
        using (await AlignAsync(serving, next, cancellation))
        {
            view.Serve(next, isBuilt: true);
            (view.Definition, view.Options) = (definition, kept);
            await serving.Run.DisposeAsync(); // A read that found these rows just before must not see later ones than the next read will.
        }

        if (HasFailed(serving))
        {
            await view.ReviveAsync();
        }

        view.Discard(serving);
    }

    /// <summary>Whether a fold, for example, has ended the run. Its rows stay as they are, and it cannot be held.</summary>
    private static bool HasFailed(ServedGeneration<TValue> serving) =>
        serving.Run.Completion is { IsFaulted: true, Exception.InnerException: not RebuildException };

    /// <exception cref="RebuildException">Both read different streams of one name, whose positions cannot be compared.</exception>
    private static void RequireSameStreams(ServedGeneration<TValue> serving, ServedGeneration<TValue> next)
    {
        foreach ((string stream, string id) in serving.Run.StreamIds)
        {
            if (next.Run.StreamIds.TryGetValue(stream, out string? other) && other != id)
            {
                throw new RebuildException(RebuildReason.StreamReplaced, $"Stream '{stream}' was deleted and created again.");
            }
        }
    }

    /// <summary>
    /// Stops both generations at the same offsets of the streams that both read. One that has failed has stopped already, and the next one, which has read at
    /// least as much, stops alone.
    /// </summary>
    private static async Task<Alignment> AlignAsync(ServedGeneration<TValue> serving, ServedGeneration<TValue> next, CancellationToken cancellation)
    {
        var holds = new Alignment();
        try
        {
            if (HasFailed(serving))
            {
                await holds.Add(await next.Run.HoldAsync(cancellation)).AdvanceAsync(next.Run.Positions, cancellation);
                return holds;
            }

            Hold first = holds.Add(await serving.Run.HoldAsync(cancellation));
            Hold second = holds.Add(await next.Run.HoldAsync(cancellation));
            (ViewPositions before, ViewPositions after) = (serving.Run.Positions, next.Run.Positions);
            Task[] both = [first.AdvanceAsync(before.LaterOf(after), cancellation), second.AdvanceAsync(after.LaterOf(before), cancellation)];
            await await Task.WhenAny(both); // A failure of one ends the wait for the other.
            await Task.WhenAll(both);
            return holds;
        }
        catch
        {
            holds.Dispose();
            throw;
        }
    }

    /// <summary>Holds that are released together.</summary>
    private sealed class Alignment : IDisposable
    {
        private readonly List<Hold> _holds = [];

        public Hold Add(Hold hold)
        {
            _holds.Add(hold);
            return hold;
        }

        public void Dispose() => _holds.ForEach(h => h.Dispose());
    }
}
