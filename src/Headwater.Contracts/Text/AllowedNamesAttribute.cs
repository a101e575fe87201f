namespace Headwater.Contracts.Text;

/// <summary>The only values of a text on the wire.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class AllowedNamesAttribute(params string[] names) : Attribute
{
    /// <summary>The values.</summary>
    public IReadOnlyList<string> Names { get; } = names;
}
