namespace Headwater.Client;

/// <summary>Whether any event of a request that failed is stored.</summary>
public enum Appended
{
    /// <summary>No event is stored.</summary>
    No,

    /// <summary>Some partitions stored their events.</summary>
    Partial,

    /// <summary>Events may be stored.</summary>
    Unknown,
}
