using Headwater.Contracts.Errors;
using Headwater.Log.Model;
using Headwater.Log.Ports;

namespace Headwater.Log.Streams;

/// <param name="Stream">As it stands now.</param>
/// <param name="Created">False: the same stream was there already.</param>
public sealed record StreamCreation(StreamDescription Stream, bool Created);

/// <param name="Streams">In name order.</param>
/// <param name="Next">Name to pass as <c>after</c> for the next page; null at the end.</param>
public sealed record StreamPage(IReadOnlyList<StreamDescription> Streams, string? Next);

/// <summary>Streams by name. <c>stream.json</c> is the truth; table <c>streams</c> caches the names.</summary>
public sealed class StreamCatalogue
{
    private const int Attempts = 10;

    private readonly StreamStore _store;

    private readonly StreamNames _names;

    private readonly StreamCreator _creator;

    private readonly StreamRemover _remover;

    private readonly DescriptionCache _cache;

    private readonly DueMarks _due;

    internal StreamCatalogue(LogPorts ports, LogOptions options)
    {
        _store = new StreamStore(ports);
        _names = new StreamNames(ports);
        _remover = new StreamRemover(ports.Blobs, _store, _names);
        _creator = new StreamCreator(ports, _store, _names, _remover);
        _cache = new DescriptionCache(ports.Time, options.DescriptionAge);
        _due = new DueMarks(ports.Tables);
    }

    /// <summary>Creates the stream with an empty segment for each partition: two writes a partition and four more calls. Repeatable.</summary>
    /// <exception cref="HeadwaterException">StreamDiffers, SchemaInvalid, InvalidParameter.</exception>
    public Task<StreamCreation> CreateAsync(StreamName name, StreamSettings settings, CancellationToken cancellation) =>
        CreateAsync(name, settings, Unconditional, cancellation);

    /// <summary>As the other, under a condition on what is there.</summary>
    /// <exception cref="HeadwaterException">StreamDiffers, SchemaInvalid, InvalidParameter; what the condition throws.</exception>
    public async Task<StreamCreation> CreateAsync(StreamName name, StreamSettings settings, StreamCondition condition, CancellationToken cancellation)
    {
        StreamCreation creation = await _creator.CreateAsync(name, settings, condition, cancellation);
        _cache.Put(creation.Stream);
        return creation;
    }

    /// <summary>No storage call if asked within <see cref="LogOptions.DescriptionAge"/>, else one read.</summary>
    /// <exception cref="HeadwaterException">StreamNotFound.</exception>
    public async Task<StreamDescription> GetAsync(StreamName name, CancellationToken cancellation) =>
        _cache.Find(name) ?? await ReloadAsync(name, cancellation);

    /// <summary>
    /// As <see cref="GetAsync"/> with an age of the caller's own: for one to whom only what never changes of a stream matters, and who looks again
    /// now and then.
    /// </summary>
    /// <exception cref="HeadwaterException">StreamNotFound.</exception>
    public async Task<StreamDescription> RecallAsync(StreamName name, TimeSpan age, CancellationToken cancellation) =>
        _cache.Find(name, age) ?? await ReloadAsync(name, cancellation);

    /// <summary>One read, whatever is remembered.</summary>
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

    /// <summary>One query and one read for each stream not remembered.</summary>
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
                // A name outlives its stream for a moment, or for ever if a creation or deletion broke off.
                await _remover.ForgetNameAsync(name, cancellation);
            }
        }

        return new StreamPage(streams, names.Count == limit ? names[^1].Text : null);
    }

    /// <summary>
    /// One read and one conditional write a try; one row if retention or compaction was named, by which timers see at their next run that there may
    /// be something to do.
    /// </summary>
    /// <exception cref="HeadwaterException">StreamNotFound; StreamChanged after losing many races.</exception>
    public Task<StreamDescription> ConfigureAsync(StreamName name, StreamChange change, CancellationToken cancellation) =>
        ConfigureAsync(name, change, Unconditional, cancellation);

    /// <summary>As the other, under a condition on what is there.</summary>
    /// <exception cref="HeadwaterException">StreamNotFound; StreamChanged after losing many races; what the condition throws.</exception>
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
            StreamDocument changed = stored.Document.With(change.ApplyTo(current.Settings));
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
    /// Deletes every blob of the stream; finishes a deletion that broke off. One call a blob (deletes are free), one listing per 5,000 and six more.
    /// </summary>
    /// <exception cref="HeadwaterException">StreamNotFound.</exception>
    public Task DeleteAsync(StreamName name, CancellationToken cancellation) => DeleteAsync(name, Unconditional, cancellation);

    /// <summary>As the other, under a condition on what is there. A deletion that broke off is finished without it: there is no stream any more.</summary>
    /// <exception cref="HeadwaterException">StreamNotFound; what the condition throws.</exception>
    public async Task DeleteAsync(StreamName name, StreamCondition condition, CancellationToken cancellation)
    {
        StoredStream stored = await _store.ReadAsync(name, cancellation) ?? throw StreamStore.NotFound(name);
        _cache.Forget(name);
        await _remover.RemoveAsync(name, stored, condition, cancellation);
        _cache.Forget(name);
    }

    private static void Unconditional(StreamDescription? stream)
    {
    }

    /// <summary>By what was named, not by what differs: a repeat of a change whose answer was lost marks too.</summary>
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
            // The change is stored and holds: an error would say that it does not. Without the mark timers come to the stream when its plan says, within a day.
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
