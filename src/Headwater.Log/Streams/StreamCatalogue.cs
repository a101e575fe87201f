using Headwater.Contracts.Errors;
using Headwater.Core.Positions;
using Headwater.Log.Clock;
using Headwater.Log.Model;
using Headwater.Log.Ports;

namespace Headwater.Log.Streams;

/// <summary>The result of a create request.</summary>
/// <param name="Stream">The stream's current description.</param>
/// <param name="Created">False if the stream existed already, with the same settings.</param>
public sealed record StreamCreation(StreamDescription Stream, bool Created);

/// <summary>One page of streams.</summary>
/// <param name="Streams">In ordinal order of their names. May be fewer than the limit, or none, even if more pages follow.</param>
/// <param name="Next">The name to pass as <c>after</c> to get the next page; null after the last page.</param>
public sealed record StreamPage(IReadOnlyList<StreamDescription> Streams, string? Next);

/// <summary>
/// Creates, finds, lists, changes and deletes streams. The document <c>stream.json</c> is the truth about a stream; table <c>streams</c> only caches the names.
/// Every member can throw <see cref="StorageException"/>, after which a create, change or delete may have been applied: repeat it. Thread-safe.
/// </summary>
public sealed class StreamCatalogue
{
    private const int Attempts = 10;

    private readonly StreamStore _store;

    private readonly StreamNames _names;

    private readonly StreamCreator _creator;

    private readonly StreamRemover _remover;

    private readonly DescriptionCache _cache;

    private readonly DueMarks _due;

    private readonly StorageClock _clock;

    private readonly LogOptions _options;

    private readonly TimeProvider _time;

    internal StreamCatalogue(LogPorts ports, LogOptions options)
    {
        _store = new StreamStore(ports);
        _names = new StreamNames(ports);
        _due = new DueMarks(ports.Tables);
        _remover = new StreamRemover(ports.Blobs, _store, _names, _due);
        _creator = new StreamCreator(ports, options, _store, _names, _remover);
        _cache = new DescriptionCache(ports.Time, options.DescriptionAge);
        _time = ports.Time;
        _clock = ports.Clock;
        _options = options;
    }

    /// <summary>
    /// Creates a stream with an empty segment for each partition. If the stream exists with the same settings, returns it. Costs two writes per partition and
    /// four more calls; two calls if the stream exists.
    /// </summary>
    /// <exception cref="HeadwaterException">
    /// StreamDiffers if the stream exists with other settings; SchemaInvalid; InvalidParameter if the number of partitions is not 1 to 1,024.
    /// </exception>
    public Task<StreamCreation> CreateAsync(StreamName name, StreamSettings settings, CancellationToken cancellation) =>
        CreateAsync(name, settings, Unconditional, cancellation);

    /// <summary>Creates a stream under a condition on the stream that exists. Otherwise as the overload without a condition.</summary>
    /// <exception cref="HeadwaterException">StreamDiffers, SchemaInvalid, InvalidParameter, and what the condition throws.</exception>
    public async Task<StreamCreation> CreateAsync(StreamName name, StreamSettings settings, StreamCondition condition, CancellationToken cancellation)
    {
        StreamCreation creation = await _creator.CreateAsync(name, settings, condition, cancellation);
        _cache.Put(creation.Stream);
        return creation;
    }

    /// <summary>
    /// The stream's description, at most <see cref="LogOptions.DescriptionAge"/> old. No storage call if this process has read it within that time, else one
    /// read.
    /// </summary>
    /// <exception cref="HeadwaterException">StreamNotFound.</exception>
    public async Task<StreamDescription> GetAsync(StreamName name, CancellationToken cancellation) =>
        _cache.Find(name) ?? await ReloadAsync(name, cancellation);

    /// <summary>
    /// As <see cref="GetAsync"/>, but with the caller's own limit on the description's age. For a caller that uses only what never changes in a stream, and
    /// that checks from time to time that the stream was not deleted.
    /// </summary>
    /// <exception cref="HeadwaterException">StreamNotFound.</exception>
    public async Task<StreamDescription> RecallAsync(StreamName name, TimeSpan age, CancellationToken cancellation) =>
        _cache.Find(name, age) ?? await ReloadAsync(name, cancellation);

    /// <summary>Reads the stream's description, even if it is cached, and caches it. Costs one read.</summary>
    /// <exception cref="HeadwaterException">StreamNotFound.</exception>
    public async Task<StreamDescription> ReloadAsync(StreamName name, CancellationToken cancellation)
    {
        StoredStream? stored = await _store.ReadAsync(name, cancellation);
        if (stored is { Document.State: StreamDocument.Active })
        {
            return _cache.Put(stored.Document.Describe(name));
        }

        _cache.Forget(name);
        throw StreamStore.NotFound(name);
    }

    /// <summary>
    /// Lists streams in ordinal order of their names. Costs one query, and one read per stream that is not cached. If the table of names was lost, first
    /// rebuilds it from the blobs.
    /// </summary>
    /// <param name="after">Only names after this one; null for all.</param>
    /// <param name="limit">Most streams to return, from 1.</param>
    /// <param name="cancellation">Stops the calls.</param>
    public async Task<StreamPage> ListAsync(string? after, int limit, CancellationToken cancellation)
    {
        IReadOnlyList<ListedName> names = await _names.ListAsync(after, limit, cancellation);
        var streams = new List<StreamDescription>(names.Count);
        foreach (ListedName name in names)
        {
            if (await FindAsync(name.Text, cancellation) is { } stream)
            {
                streams.Add(stream);
            }
            else
            {
                // The table may have a name without a stream: during a creation or deletion, or after one that was interrupted.
                await _remover.ForgetNameAsync(name, cancellation);
            }
        }

        return new StreamPage(streams, names.Count == limit ? names[^1].Text : null);
    }

    /// <summary>
    /// The next names in ordinal order, whether or not their streams exist or can be read. Costs one query, and once a minute one read.
    /// </summary>
    /// <param name="after">Only names after this one; null for all.</param>
    /// <param name="limit">Most names to return, from 1. Fewer are the end.</param>
    /// <param name="cancellation">Stops the calls.</param>
    public async Task<IReadOnlyList<string>> ListNamesAsync(string? after, int limit, CancellationToken cancellation) =>
        [.. (await _names.ListAsync(after, limit, cancellation)).Select(n => n.Text)];

    /// <summary>
    /// Changes the settings of a stream. A retention that keeps less takes effect after <see cref="LogOptions.ShorterRetentionDelay"/>.
    /// Costs one read and one conditional write per try. If the change names retention or compaction, costs one more write,
    /// which makes the stream due at the next run of the timers.
    /// </summary>
    /// <returns>The stream's new description.</returns>
    /// <exception cref="HeadwaterException">StreamNotFound; StreamChanged after losing 10 races to other changes.</exception>
    public Task<StreamDescription> ConfigureAsync(StreamName name, StreamChange change, CancellationToken cancellation) =>
        ConfigureAsync(name, change, Unconditional, cancellation);

    /// <summary>Changes settings under a condition on each version that the change is to replace. Otherwise as the overload without a condition.</summary>
    /// <returns>The stream's new description.</returns>
    /// <exception cref="HeadwaterException">StreamNotFound, StreamChanged, and what the condition throws.</exception>
    public async Task<StreamDescription> ConfigureAsync(StreamName name, StreamChange change, StreamCondition condition, CancellationToken cancellation)
    {
        for (int attempt = 0; attempt < Attempts; attempt++)
        {
            StoredStream? stored = await _store.ReadAsync(name, cancellation);
            if (stored is null || stored.Document.State != StreamDocument.Active)
            {
                _cache.Forget(name);
                throw StreamStore.NotFound(name);
            }

            StreamDescription current = stored.Document.Describe(name);
            condition(current);
            StreamSettings settings = change.ApplyTo(current.Settings);
            StreamDocument changed = stored.Document.With(settings).With(DelayOf(current, settings.Retention));
            if (await _store.WriteAsync(name, changed, WriteCondition.IfUnchanged(stored.ETag), cancellation))
            {
                StreamDescription stream = _cache.Put(changed.Describe(name));
                await TryMarkAsync(stream, change, cancellation);
                return stream;
            }
        }

        throw new HeadwaterException(ErrorCode.StreamChanged, $"Stream '{name}' is being changed by other requests; retry.");
    }

    /// <summary>
    /// Deletes a stream. When this returns, no append to it can be acknowledged, by any process. Deletes its blobs for up to
    /// <see cref="LogOptions.DeleteBudget"/>, and leaves the rest to maintenance. A repeated call continues. Costs three listings for up to 5,000 blobs, three
    /// calls per partition, and eight more calls; deletes are free.
    /// </summary>
    /// <exception cref="HeadwaterException">StreamNotFound.</exception>
    public Task DeleteAsync(StreamName name, CancellationToken cancellation) => DeleteAsync(name, Unconditional, cancellation);

    /// <summary>
    /// Deletes a stream under a condition on it. Otherwise as the overload without a condition. An interrupted deletion is finished without the condition,
    /// because there is no stream any more.
    /// </summary>
    /// <exception cref="HeadwaterException">StreamNotFound, and what the condition throws.</exception>
    public async Task DeleteAsync(StreamName name, StreamCondition condition, CancellationToken cancellation)
    {
        StoredStream stored = await _store.ReadAsync(name, cancellation) ?? throw StreamStore.NotFound(name);
        _cache.Forget(name);
        await _remover.RemoveAsync(name, stored, condition, new TimeSlice(_time, _options.DeleteBudget), cancellation);
        _cache.Forget(name);
    }

    /// <summary>
    /// Continues what left a name without a stream: an interrupted deletion, or one that was too long for its request; an interrupted creation. Costs one
    /// read if there is a stream.
    /// </summary>
    /// <returns>False if the slice ended first.</returns>
    internal async Task<bool> FinishDeletionAsync(StreamName name, TimeSlice slice, CancellationToken cancellation)
    {
        StoredStream? stored = await _store.ReadAsync(name, cancellation);
        if (stored is null)
        {
            await _remover.ForgetNameAsync(name, cancellation);
        }

        return stored is not { Document.State: StreamDocument.Deleting } || await _remover.FinishAsync(name, stored, slice, cancellation);
    }

    /// <summary>Drops the cached description, because this process has changed the stream's document.</summary>
    internal void Forget(StreamName name) => _cache.Forget(name);

    private static void Unconditional(StreamDescription? stream)
    {
    }

    /// <summary>
    /// Delays a retention that keeps less than the one in force. Until it takes effect, what either of the two keeps is kept, so that a limit that the change
    /// raises protects events at once. The retention that is stored already keeps its delay, so that repeating a change does not move it.
    /// </summary>
    /// <returns>Null if the retention takes effect at once.</returns>
    private RetentionDelay? DelayOf(StreamDescription current, RetentionSettings? retention)
    {
        UnixMicros now = _clock.Now(); // The document was just read, so the storage service's clock is known.
        RetentionSettings? inForce = current.RetentionAt(now);
        if (retention == current.Settings.Retention)
        {
            return current.RetentionDelay;
        }

        return retention is not null && retention.KeepsLessThan(inForce)
            ? new RetentionDelay(now.ToDateTimeOffset() + _options.ShorterRetentionDelay, RetentionSettings.Widest(inForce, retention))
            : null;
    }

    /// <summary>
    /// Marks the stream as due if the change names retention or compaction, even if the values are the same: the change may be a repeat after a lost answer.
    /// </summary>
    private async Task TryMarkAsync(StreamDescription stream, StreamChange change, CancellationToken cancellation)
    {
        if (!change.Retention.IsSet && !change.Compaction.IsSet)
        {
            return;
        }

        try
        {
            await _due.MarkAsync(stream.Name, stream.StreamId, cancellation);
        }
        catch (StorageException)
        {
            // The change is stored, so an error would mislead. Without the mark, timers apply the change when something else of the stream falls due.
        }
    }

    private async Task<StreamDescription?> FindAsync(string text, CancellationToken cancellation)
    {
        if (!StreamName.TryParse(text, out StreamName name))
        {
            return null;
        }

        if (_cache.Find(name) is { } remembered)
        {
            return remembered;
        }

        StoredStream? stored = await _store.ReadAsync(name, cancellation);
        return stored is { Document.State: StreamDocument.Active } ? _cache.Put(stored.Document.Describe(name)) : null;
    }
}
