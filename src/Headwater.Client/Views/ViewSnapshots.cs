using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Microsoft.Extensions.Logging;

namespace Headwater.Client;

/// <summary>Writes snapshots of the generation that serves, beside its loop, and deletes old ones.</summary>
internal sealed class ViewSnapshots(ViewOptions options, SnapshotStore store, TimeProvider time, ILogger log)
{
    private const string Ending = ".snapshot";

    private long _events;

    private long _last = time.GetTimestamp();

    private Task _writing = Task.CompletedTask;

    /// <summary>The snapshots of a view, newest first.</summary>
    public static async Task<IReadOnlyList<string>> NewestFirstAsync(ViewOptions options, SnapshotStore store, CancellationToken cancellation) =>
        [.. (await store.ListAsync(options.Name + ".", cancellation)).Where(n => NumberOf(n) is not null).OrderByDescending(NumberOf)];

    /// <summary>Begins a snapshot if one is due and none is being written. Called between batches.</summary>
    public void AfterCommit(int events, ViewGraph graph, Func<ViewState> state)
    {
        _events += events;
        bool isDue = _events >= options.SnapshotEvents || (_events > 0 && time.GetElapsedTime(_last) >= options.SnapshotInterval);
        if (isDue && _writing.IsCompleted)
        {
            Begin(graph, state);
        }
    }

    /// <summary>Writes what is not in a snapshot yet. Called when no batch is under way.</summary>
    public async Task FinishAsync(ViewGraph graph, Func<ViewState> state)
    {
        await _writing;
        if (_events > 0)
        {
            Begin(graph, state);
            await _writing;
        }
    }

    /// <summary>The next commit begins a snapshot: the rows are of another generation.</summary>
    public void Renew() => _events = Math.Max(_events, options.SnapshotEvents);

    private void Begin(ViewGraph graph, Func<ViewState> state)
    {
        long events = Interlocked.Exchange(ref _events, 0);
        _last = time.GetTimestamp();
        byte[] bytes = state().Write();
        IEnumerable<KeyValuePair<string, ReadOnlyMemory<byte>>>[] tables = [.. graph.Tables.Select(t => t.Export())];
        _writing = Task.Run(() => WriteAsync(bytes, tables, events));
    }

    [SuppressMessage("Design", "CA1031:Do not catch general exception types", Justification = "A view serves without snapshots; the failure is logged.")]
    private async Task WriteAsync(byte[] state, IEnumerable<KeyValuePair<string, ReadOnlyMemory<byte>>>[] tables, long events)
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
            Interlocked.Add(ref _events, events);
            log.LogSnapshotFailed(options.Name, failed);
        }
    }

    private static long? NumberOf(string name)
    {
        string[] parts = name.Split('.');
        return parts is [_, { Length: 12 } number, _] && name.EndsWith(Ending, StringComparison.Ordinal)
            && long.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out long value) ? value : null;
    }
}
