namespace Headwater.Client;

/// <summary>An event to append.</summary>
/// <typeparam name="T">The type of values.</typeparam>
/// <param name="Key">Selects the partition: events of one key keep their order. Null: any partition; an entity stream requires a key.</param>
/// <param name="Value">The value; null is a tombstone. For a value type, use <see cref="NewEvent.Tombstone{T}"/>.</param>
public readonly record struct NewEvent<T>(string? Key, T? Value)
{
    /// <summary>Texts beside the value; at most 64. Null: none.</summary>
    public IReadOnlyDictionary<string, string>? Headers { get; init; }

    /// <summary>When the event happened. Null: unknown.</summary>
    public DateTimeOffset? Time { get; init; }

    /// <summary>Whether the event has no value. Always true if <see cref="Value"/> is null.</summary>
    public bool IsTombstone { get; init; } = Value is null;
}

/// <summary>Makes events to append.</summary>
public static class NewEvent
{
    /// <summary>An event without a value: in an entity stream, it deletes the key's state.</summary>
    public static NewEvent<T> Tombstone<T>(string key) => new(key, default) { IsTombstone = true };
}
