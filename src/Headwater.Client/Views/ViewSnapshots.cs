using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Microsoft.Extensions.Logging;

namespace Headwater.Client;

/// <summary>Writes snapshots of the generation that serves, beside its loop, and deletes old ones.</summary>
internal sealed class ViewSnapshots(ViewOptions options, SnapshotStore store, TimeProvider time, ILogger log)
{
    private const string Ending = ".snapshot";

    private Mark _mark = new(0);

    private long _last = time.GetTimestamp();

    private Task _writing = Task.CompletedTask;

    /// <summary>The snapshots of a view, newest first.</summary>
    public static async Task<IReadOnlyList<string>> NewestFirstAsync(ViewOptions options, SnapshotStore store, CancellationToken cancellation) =>
        [.. (await store.ListAsync(options.Name + ".", cancellation)).Where(n => NumberOf(n) is not null).OrderByDescending(NumberOf)];

    /// <summary>Begins a snapshot if one is due and none is being written. Called between batches.</summary>
    /// <param name="applied">Events that the generation has applied since its run started.</param>
    /// <param name="graph">Its tables.</param>
    /// <param name="state">Its state.</param>
    public void AfterCommit(long applied, ViewGraph graph, Func<ViewState> state)
    {
        long events = applied - Volatile.Read(ref _mark).Saved;
        bool isDue = events >= options.SnapshotEvents || (events > 0 && time.GetElapsedTime(_last) >= options.SnapshotInterval);
        if (isDue && _writing.IsCompleted)
        {
            Begin(applied, graph, state);
        }
    }

    /// <summary>Writes what is not in a snapshot yet, and waits for a snapshot that is being written. Called when no batch is under way.</summary>
    /// <param name="applied">Events that the generation has applied; null: only waits.</param>
    /// <param name="graph">Its tables.</param>
    /// <param name="state">Its state.</param>
    public async Task FinishAsync(long? applied, ViewGraph graph, Func<ViewState> state)
    {
        await _writing;
        if (applied is { } events && events > Volatile.Read(ref _mark).Saved)
        {
            Begin(events, graph, state);
            await _writing;
        }
    }

    /// <summary>Another generation serves.</summary>
    /// <param name="built">The events that it has applied, none of which is in a snapshot, so that the next commit begins one; null if it was restored.</param>
    public void Follow(long? built) => Volatile.Write(ref _mark, new Mark(built is { } applied ? applied - options.SnapshotEvents : 0));

    private void Begin(long applied, ViewGraph graph, Func<ViewState> state)
    {
        Mark mark = Volatile.Read(ref _mark);
        long before = mark.Saved;
        mark.Saved = applied;
        _last = time.GetTimestamp();
        byte[] bytes = state().Write();
        IEnumerable<KeyValuePair<string, ReadOnlyMemory<byte>>>[] tables = [.. graph.Tables.Select(t => t.Export())];
        _writing = Task.Run(() => WriteAsync(bytes, tables, mark, before));
    }

    [SuppressMessage("Design", "CA1031:Do not catch general exception types", Justification = "A view serves without snapshots; the failure is logged.")]
    private async Task WriteAsync(byte[] state, IEnumerable<KeyValuePair<string, ReadOnlyMemory<byte>>>[] tables, Mark mark, long before)
    {
        try
        {
            IReadOnlyList<string> kept = await NewestFirstAsync(options, store, CancellationToken.None);
            long number = (kept.Count > 0 ? NumberOf(kept[0]) ?? 0 : 0) + 1;
            string name = string.Create(CultureInfo.InvariantCulture, $"{options.Name}.{number:D12}{Ending}");
            await store.WriteAsync(name, (file, stop) => SnapshotFile.WriteAsync(file, state, tables, stop), CancellationToken.None);
            foreach (string old in kept.Skip(options.SnapshotsKept - 1))
            {
                await store.DeleteAsync(old, CancellationToken.None);
            }
        }
        catch (Exception failed)
        {
            mark.Saved = before; // Of the generation that has the rows, though another one may serve by now.
            log.LogSnapshotFailed(options.Name, failed);
        }
    }

    /// <param name="saved">Events of a generation that are in its newest snapshot.</param>
    private sealed class Mark(long saved)
    {
        private long _saved = saved;

        public long Saved
        {
            get => Volatile.Read(ref _saved);
            set => Volatile.Write(ref _saved, value);
        }
    }

    private static long? NumberOf(string name)
    {
        string[] parts = name.Split('.');
        return parts is [_, { Length: 12 } number, _] && name.EndsWith(Ending, StringComparison.Ordinal)
            && long.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out long value) ? value : null;
    }
}
