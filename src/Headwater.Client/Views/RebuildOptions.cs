namespace Headwater.Client;

/// <summary>How a view is built a second time while it serves.</summary>
/// <typeparam name="TKey">The type of keys.</typeparam>
/// <typeparam name="TValue">The type of values.</typeparam>
public sealed record RebuildOptions<TKey, TValue>
{
    /// <summary>What the rows are from now on. Null: what they are now. Another definition needs another <see cref="Version"/>.</summary>
    public ViewDefinition<TKey, TValue>? Definition { get; init; }

    /// <summary>The version of the definition. Null: the version of now.</summary>
    public int? Version { get; init; }

    /// <summary>
    /// Whether the new rows take over, from their comparison with the rows that serve. <see cref="VerifyReport{TKey, TValue}.Missing"/> counts keys that only
    /// the rows that serve have. Default: if nothing differs.
    /// </summary>
    public Func<VerifyReport<TKey, TValue>, bool> Accept { get; init; } = report => report.IsEqual;

    /// <summary>How the rows are compared.</summary>
    public VerifyOptions<TValue> Compare { get; init; } = new();
}

/// <summary>What a rebuild did.</summary>
/// <param name="TookOver">Whether the new rows serve.</param>
/// <param name="Comparison">How the new rows differed from those that served, at the same offsets.</param>
public sealed record RebuildReport<TKey, TValue>(bool TookOver, VerifyReport<TKey, TValue> Comparison);
