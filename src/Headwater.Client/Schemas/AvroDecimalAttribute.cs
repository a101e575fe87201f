namespace Headwater.Client;

/// <summary>How a <see cref="decimal"/> is stored when a stream is made from a C# type.</summary>
/// <param name="precision">Most digits, 1 to 1,000.</param>
/// <param name="scale">Digits after the point.</param>
[AttributeUsage(AttributeTargets.Property)]
public sealed class AvroDecimalAttribute(int precision, int scale) : Attribute
{
    /// <summary>Most digits.</summary>
    public int Precision { get; } = precision;

    /// <summary>Digits after the point.</summary>
    public int Scale { get; } = scale;
}
