namespace Headwater.Core.Segments;

/// <summary>One header of an event. Its spans point into the event's block.</summary>
/// <param name="name">The name as UTF-8.</param>
/// <param name="value">The value as UTF-8.</param>
public readonly ref struct EventHeader(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
{
    /// <summary>The name as UTF-8.</summary>
    public ReadOnlySpan<byte> Name { get; } = name;

    /// <summary>The value as UTF-8.</summary>
    public ReadOnlySpan<byte> Value { get; } = value;
}
