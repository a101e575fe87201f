namespace Headwater.Core.Segments;

/// <summary>A header's name and value, both UTF-8.</summary>
public readonly ref struct EventHeader(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
{
    public ReadOnlySpan<byte> Name { get; } = name;

    public ReadOnlySpan<byte> Value { get; } = value;
}
