namespace Headwater.Client;

/// <summary>Compares the shape of a C# type with a stream's schema, field by field.</summary>
internal sealed class ShapeFit
{
    private readonly List<string> _faults = [];

    private readonly HashSet<(AvroShape, AvroShape)> _compared = [];

    private readonly bool _produces;

    private ShapeFit(bool produces) => _produces = produces;

    /// <summary>Requires that values of the type can be appended to, or read from, a stream with the schema.</summary>
    /// <param name="type">The C# type's shape.</param>
    /// <param name="schema">The schema's shape.</param>
    /// <param name="produces">True: values are written. False: values are read.</param>
    /// <param name="stream">The stream's name.</param>
    /// <exception cref="HeadwaterException">The message names every field that does not fit.</exception>
    public static void Require(AvroShape type, AvroShape schema, bool produces, string stream)
    {
        var fit = new ShapeFit(produces);
        fit.Compare("", type, schema);
        if (fit._faults.Count > 0)
        {
            throw new HeadwaterException(
                HeadwaterException.TypeMismatch,
                $"{type.Name ?? type.Type} does not fit the schema of stream '{stream}': {string.Join(" ", fit._faults)}");
        }
    }

    private void Compare(string path, AvroShape type, AvroShape schema)
    {
        if (type.Type == AvroShape.Any || schema.Type == AvroShape.Any || !_compared.Add((type, schema)))
        {
            return;
        }

        (AvroShape from, AvroShape to) = _produces ? (type, schema) : (schema, type);
        if (!Fits(from, to))
        {
            Report(path, $"the type has {type}, the stream has {schema}.");
        }
        else if (from.IsNullable && !to.IsNullable && path.Length > 0)
        {
            Report(path, _produces ? "the type allows null, the stream does not." : "the stream allows null, the type does not.");
        }
        else if (type.Items is { } items && schema.Items is { } stored)
        {
            Compare(path + "/-", items, stored);
        }
        else if (type.Type == "record")
        {
            CompareFields(path, type, schema);
        }
    }

    private void CompareFields(string path, AvroShape type, AvroShape schema)
    {
        foreach (AvroField field in type.Fields)
        {
            if (schema.Fields.Find(f => f.Name == field.Name) is { } stored)
            {
                Compare($"{path}/{field.Name}", field.Shape, stored.Shape);
            }
            else if (_produces || !field.IsOptional)
            {
                Report($"{path}/{field.Name}", "the stream has no such field.");
            }
        }

        foreach (AvroField stored in schema.Fields.Where(s => _produces && !s.IsOptional && !type.Fields.Exists(f => f.Name == s.Name)))
        {
            Report($"{path}/{stored.Name}", "the stream requires this field, the type lacks it.");
        }
    }

    private static bool Fits(AvroShape from, AvroShape to) => from.Type == to.Type ? IsSameForm(from, to) : (from.Type, to.Type) switch
    {
        ("int", "long") or ("int", "double") or ("int", "float") or ("long", "float") or ("long", "double") or ("float", "double") or ("double", "float")
            => from.Logical is null && to.Logical is null,
        ("enum", "string") or ("string", "enum") => true,
        _ => IsSameForm(from, to) && from.Logical is not null, // A uuid over a string or a fixed, a decimal over bytes or a fixed.
    };

    /// <summary>Timestamps of any unit have one form in JSON, and so do times.</summary>
    private static bool IsSameForm(AvroShape from, AvroShape to) => FormOf(from.Logical) == FormOf(to.Logical);

    private static string? FormOf(string? logical) => logical?.Split('-')[0];

    private void Report(string path, string fault) => _faults.Add($"{path}: {fault}");
}
