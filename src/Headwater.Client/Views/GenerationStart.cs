using System.Diagnostics.CodeAnalysis;
using Headwater.Core.Positions;

namespace Headwater.Client;

/// <summary>Makes generations: from stored rows, from a snapshot, or empty.</summary>
/// <param name="definition">What the rows are.</param>
/// <param name="options">The view's options.</param>
internal sealed class GenerationStart<TKey, TValue>(ViewDefinition<TKey, TValue> definition, ViewOptions options)
{
    private readonly List<SkippedSnapshot> _skipped = [];

    private bool _isOpen;

    private (RebuildReason Reason, string Message) _why = (RebuildReason.NothingStored, "Nothing is stored.");

    /// <summary>Restores the newest rows that can be brought up to date; without such rows, begins at the log start.</summary>
    public async Task<(ServedGeneration<TValue> Served, ViewOrigin Origin)> RestoreAsync(CancellationToken cancellation)
    {
        if (OpenStored() is { } stored)
        {
            if (await FromStoredAsync(stored, cancellation) is { } served)
            {
                return (served, new ViewOrigin(RebuildReason.None, "The stored rows were opened.", null, _skipped));
            }
        }
        else if (options.Snapshots is { } snapshots)
        {
            foreach (string name in await ViewSnapshots.NewestFirstAsync(options, snapshots, cancellation))
            {
                if (await FromSnapshotAsync(snapshots, name, cancellation) is { } served)
                {
                    return (served, new ViewOrigin(RebuildReason.None, "A snapshot was restored.", name, _skipped));
                }
            }
        }

        return (await NewAsync(cancellation), new ViewOrigin(_why.Reason, _why.Message, null, _skipped));
    }

    /// <summary>The start has failed.</summary>
    public void Release()
    {
        if (_isOpen)
        {
            options.Storage.Release();
        }
    }

    /// <summary>An empty generation that begins at the log start.</summary>
    public async Task<ServedGeneration<TValue>> NewAsync(CancellationToken cancellation)
    {
        ViewGeneration generation = options.Storage.CreateNext();
        try
        {
            (ViewGraph graph, ViewNode<TValue> rows) = Build(generation);
            List<StreamProgress> progress = [];
            foreach (SourceFeed feed in graph.Feeds.Values)
            {
                StreamDescription stream = await feed.DescribeAsync(cancellation);
                var begin = new StreamProgress(stream, UnixMicros.From(feed.Api.Time.GetUtcNow()));
                foreach (PartitionPositions known in await feed.PositionsAsync(cancellation))
                {
                    begin.Partitions[known.Partition.Value].Next = known.LogStart;
                }

                progress.Add(begin);
            }

            return Serve(generation, graph, rows, progress);
        }
        catch
        {
            generation.Dispose();
            throw;
        }
    }

    private (ViewGraph Graph, ViewNode<TValue> Rows) Build(ViewGeneration generation)
    {
        var graph = new ViewGraph(generation);
        return (graph, graph.Build(definition, options.Name));
    }

    private ServedGeneration<TValue> Serve(ViewGeneration generation, ViewGraph graph, ViewNode<TValue> rows, IReadOnlyList<StreamProgress> progress)
    {
        ViewState State() => ViewState.Of(graph, options.Name, options.Version, progress);
        TimeProvider time = graph.Feeds.Values.First().Api.Time;
        return new ServedGeneration<TValue>(graph, generation, rows, new GenerationRun(graph, generation, progress, State, time), State);
    }

    private async Task<ServedGeneration<TValue>?> FromStoredAsync(ViewGeneration stored, CancellationToken cancellation)
    {
        ServedGeneration<TValue>? served = null;
        try
        {
            byte[]? state = stored.ReadState();
            StoredCheck.RequireView(state, options);
            (ViewGraph graph, ViewNode<TValue> rows) = Build(stored);
            StoredCheck check = await StoredCheck.OfAsync(state, graph, options, cancellation);
            served = check.Progress is { } progress ? Serve(stored, graph, rows, progress) : null;
            _why = (check.Reason, check.Message);
        }
        catch (Exception damaged) when (stored.IsDamage(damaged))
        {
            _why = (RebuildReason.NothingStored, $"The stored rows are damaged: {damaged.Message}");
        }
        finally
        {
            if (served is null)
            {
                stored.Dispose();
            }
        }

        if (served is null)
        {
            options.Storage.Discard(stored); // Not reached if the rows are of another view.
        }

        return served;
    }

    private ViewGeneration? OpenStored()
    {
        try
        {
            ViewGeneration? stored = options.Storage.OpenServing();
            _isOpen = true;
            return stored;
        }
        catch (InvalidDataException damaged)
        {
            _isOpen = true;
            _why = (RebuildReason.NothingStored, damaged.Message);
            return null;
        }
    }

    private async Task<ServedGeneration<TValue>?> FromSnapshotAsync(SnapshotStore snapshots, string name, CancellationToken cancellation)
    {
        ViewGeneration generation = options.Storage.CreateNext();
        ServedGeneration<TValue>? served = null;
        try
        {
            await using Stream file = await snapshots.OpenAsync(name, cancellation);
            if (await SnapshotFile.ReadAsync(file, cancellation) is not { } snapshot)
            {
                Skip(name, RebuildReason.NothingStored, "Its checksum is wrong: it is cut or damaged.");
                return null;
            }

            (ViewGraph graph, ViewNode<TValue> rows) = Build(generation);
            byte[] state = snapshot.ReadState();
            StoredCheck check = await StoredCheck.OfAsync(state, graph, options, cancellation);
            if (check.Progress is not { } progress)
            {
                Skip(name, check.Reason, check.Message);
                return null;
            }

            if (!TryImport(generation, graph, snapshot, state, name))
            {
                return null;
            }

            return served = Serve(generation, graph, rows, progress);
        }
        catch (Exception unreadable) when (unreadable is IOException or InvalidDataException or System.Text.Json.JsonException or UnauthorizedAccessException)
        {
            Skip(name, RebuildReason.NothingStored, unreadable.Message);
            return null;
        }
        finally
        {
            if (served is null)
            {
                generation.Dispose();
            }
        }
    }

    [SuppressMessage("Design", "CA1031:Do not catch general exception types", Justification = "What a program's serializer throws has no common type.")]
    private bool TryImport(ViewGeneration generation, ViewGraph graph, SnapshotReader snapshot, byte[] state, string name)
    {
        try
        {
            Import(generation, graph, snapshot, state);
            return true;
        }
        catch (Exception unreadable)
        {
            Skip(name, RebuildReason.NothingStored, $"Its rows cannot be read: {unreadable.Message}");
            return false;
        }
    }

    private static void Import(ViewGeneration generation, ViewGraph graph, SnapshotReader snapshot, byte[] state)
    {
        generation.Begin();
        foreach (ViewTable table in graph.Tables)
        {
            foreach ((string key, byte[] value) in snapshot.ReadTable())
            {
                table.Import(key, value);
            }
        }

        generation.Commit(() => state);
    }

    private void Skip(string name, RebuildReason reason, string message)
    {
        _skipped.Add(new SkippedSnapshot(name, reason, message));
        if (_why.Reason == RebuildReason.NothingStored)
        {
            _why = (reason, message);
        }
    }
}
