namespace Headwater.Log.Streams;

/// <param name="Stream">As it stands now.</param>
/// <param name="Created">False: the same stream was there already.</param>
public sealed record StreamCreation(StreamDescription Stream, bool Created);

/// <param name="Streams">In name order.</param>
/// <param name="Next">Name to pass as <c>after</c> for the next page; null at the end.</param>
public sealed record StreamPage(IReadOnlyList<StreamDescription> Streams, string? Next);

/// <summary>Streams by name. <c>stream.json</c> is the truth; table <c>streams</c> caches the list.</summary>
public sealed class StreamCatalogue
{
    /// <exception cref="Errors.HeadwaterException">StreamDiffers, StreamDeleting, SchemaInvalid.</exception>
    public Task<StreamCreation> CreateAsync(StreamName name, StreamSettings settings, CancellationToken cancellation) => throw new NotImplementedException();

    /// <summary>No storage call if asked within <see cref="LogOptions.DescriptionAge"/>, else one.</summary>
    /// <exception cref="Errors.HeadwaterException">StreamNotFound.</exception>
    public Task<StreamDescription> GetAsync(StreamName name, CancellationToken cancellation) => throw new NotImplementedException();

    public Task<StreamPage> ListAsync(string? after, int limit, CancellationToken cancellation) => throw new NotImplementedException();

    public Task<StreamDescription> ConfigureAsync(StreamName name, StreamChange change, CancellationToken cancellation) => throw new NotImplementedException();

    public Task DeleteAsync(StreamName name, CancellationToken cancellation) => throw new NotImplementedException();
}
