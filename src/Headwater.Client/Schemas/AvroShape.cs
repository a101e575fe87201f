namespace Headwater.Client;

/// <summary>The part of an Avro schema that a C# type can be compared with.</summary>
/// <param name="Type">Avro's name of the type; <see cref="Any"/> if it cannot be compared.</param>
internal sealed record AvroShape(string Type)
{
    public const string Any = "any";

    /// <summary>The logical type; null if there is none.</summary>
    public string? Logical { get; init; }

    /// <summary>Whether null is a value too.</summary>
    public bool IsNullable { get; init; }

    /// <summary>The name of a record or an enum.</summary>
    public string? Name { get; init; }

    /// <summary>The description of a record.</summary>
    public string? Doc { get; init; }

    /// <summary>The fields of a record. Filled after the record is made, because a record may contain itself.</summary>
    public List<AvroField> Fields { get; } = [];

    /// <summary>What an array or a map consists of.</summary>
    public AvroShape? Items { get; init; }

    /// <summary>The symbols of an enum.</summary>
    public IReadOnlyList<string> Symbols { get; init; } = [];

    public int Precision { get; init; }

    public int Scale { get; init; }

    /// <summary>For messages: <c>long (timestamp-micros) or null</c>.</summary>
    public override string ToString() => string.Concat(Name ?? Type, Logical is null ? "" : $" ({Logical})", IsNullable ? " or null" : "");
}

/// <summary>A field of a record.</summary>
/// <param name="Name">The name, in JSON too.</param>
/// <param name="Shape">The type.</param>
internal sealed record AvroField(string Name, AvroShape Shape)
{
    public string? Doc { get; init; }

    /// <summary>Whether a value without the field is valid.</summary>
    public bool IsOptional { get; init; }
}
