namespace Headwater.Client;

/// <summary>How rows are compared with those of a source.</summary>
/// <typeparam name="TValue">The type of values.</typeparam>
public sealed record VerifyOptions<TValue>
{
    /// <summary>Differences of each kind that the report has in full. Default 10.</summary>
    public int Samples { get; init; } = 10;

    /// <summary>Whether two values are equal. Null: their JSON is equal, byte for byte.</summary>
    public Func<TValue, TValue, bool>? AreEqual { get; init; }

    /// <summary>Bytes of rows in memory, beyond which they are sorted in files. Default 32 MiB.</summary>
    public long BufferBytes { get; init; } = 32L << 20;

    /// <summary>Where these files are while rows are compared. Null: the system's folder for temporary files.</summary>
    public string? Folder { get; init; }
}

/// <summary>How rows differ from those of a source.</summary>
/// <typeparam name="TKey">The type of keys.</typeparam>
/// <typeparam name="TValue">The type of values.</typeparam>
public sealed record VerifyReport<TKey, TValue>
{
    /// <summary>Keys that are on both sides with equal values.</summary>
    public long Equal { get; init; }

    /// <summary>Keys that only the source has.</summary>
    public long Missing { get; init; }

    /// <summary>Keys that the source does not have.</summary>
    public long Extra { get; init; }

    /// <summary>Keys that are on both sides with different values.</summary>
    public long Different { get; init; }

    /// <summary>Rows of the source whose key it had given before; the last one is compared.</summary>
    public long Repeated { get; init; }

    /// <summary>The first differences of each kind, in key order.</summary>
    public IReadOnlyList<RowDifference<TKey, TValue>> Samples { get; init; } = [];

    /// <summary>Whether nothing differs.</summary>
    public bool IsEqual => Missing == 0 && Extra == 0 && Different == 0 && Repeated == 0;
}

/// <summary>A kind of difference.</summary>
public enum DifferenceKind
{
    /// <summary>Only the source has the key.</summary>
    Missing,

    /// <summary>The source does not have the key.</summary>
    Extra,

    /// <summary>Both sides have the key, with different values.</summary>
    Different,
}

/// <summary>One key's difference.</summary>
/// <param name="Kind">The kind.</param>
/// <param name="Key">The key.</param>
/// <param name="Actual">The value that was verified; default if it is missing.</param>
/// <param name="Expected">The source's value; default if the source has none.</param>
public sealed record RowDifference<TKey, TValue>(DifferenceKind Kind, TKey Key, TValue? Actual, TValue? Expected);
