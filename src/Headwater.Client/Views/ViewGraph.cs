namespace Headwater.Client;

/// <summary>The tables and feeds of one generation of a view.</summary>
/// <param name="generation">Has the tables.</param>
internal sealed class ViewGraph(ViewGeneration generation)
{
    private readonly Dictionary<object, object> _nodes = new(ReferenceEqualityComparer.Instance);

    public List<ViewTable> Tables { get; } = [];

    /// <summary>One feed per stream, however many parts of the view follow it.</summary>
    public SortedDictionary<string, SourceFeed> Feeds { get; } = new(StringComparer.Ordinal);

    /// <summary>Builds the definition that the view shows, and all that it depends on. Its table has the view's name.</summary>
    public ViewNode<TValue> Build<TKey, TValue>(ViewDefinition<TKey, TValue> definition, string name)
    {
        ViewNode<TValue> node = definition.Build(this, name);
        _nodes[definition] = node;
        return node;
    }

    /// <summary>The node of a definition, of which a view has one, however often it is used.</summary>
    public ViewNode<TValue> NodeOf<TKey, TValue>(ViewDefinition<TKey, TValue> definition)
    {
        if (!_nodes.TryGetValue(definition, out object? node))
        {
            _nodes[definition] = node = definition.Build(this, null);
        }

        return (ViewNode<TValue>)node;
    }

    /// <summary>The log ends of now.</summary>
    /// <param name="stream">The stream; null: all.</param>
    /// <param name="cancellation">Stops the requests, one per stream.</param>
    public async Task<ViewPositions> EndsAsync(string? stream, CancellationToken cancellation)
    {
        List<(string, IReadOnlyList<PartitionPositions>)> ends = [];
        foreach ((string name, SourceFeed feed) in Feeds.Where(f => stream is null || f.Key == stream))
        {
            ends.Add((name, await feed.PositionsAsync(cancellation)));
        }

        return ViewPositions.OfEnds(ends);
    }

    public ViewNode<TValue> NewNode<TValue>(string name, ValueSerializer<TValue> values)
    {
        string unique = name;
        for (int i = 2; Tables.Exists(t => string.Equals(t.Name, unique, StringComparison.OrdinalIgnoreCase)); i++)
        {
            unique = $"{name} {i}";
        }

        ViewTable<TValue> table = generation.OpenTable(unique, values);
        Tables.Add(table);
        return new ViewNode<TValue>(table);
    }

    /// <exception cref="ArgumentException">The stream is read as another type too, or by another client.</exception>
    public SourceFeed<T> FeedOf<T>(StreamScope<T> scope)
    {
        if (!Feeds.TryGetValue(scope.Stream, out SourceFeed? feed))
        {
            Feeds[scope.Stream] = feed = new SourceFeed<T>(scope);
        }

        if (feed.Api != scope.Api)
        {
            throw new ArgumentException(
                $"A view reads stream '{scope.Stream}' with two clients, which may be of two services. Use one client, or give the streams other names.");
        }

        return feed as SourceFeed<T>
            ?? throw new ArgumentException($"A view reads stream '{scope.Stream}' as two types. Read it as one type; {typeof(T).Name} is the other.");
    }
}
