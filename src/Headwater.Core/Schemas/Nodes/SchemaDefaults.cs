using System.Text.Json;

namespace Headwater.Core.Schemas.Nodes;

/// <summary>
/// Encodes each default of a schema once, after the defaults that it depends on. Work and size are limited, because a short text can
/// contain defaults that double at every level.
/// </summary>
/// <param name="mustFitLogicalTypes">
/// Whether a default that fits only the type beneath its logical type is refused. Streams created before this rule keep such a default; it is then
/// written as the type beneath.
/// </param>
internal sealed class SchemaDefaults(bool mustFitLogicalTypes)
{
    private readonly Dictionary<RecordField, (JsonElement Value, string Pointer)> _texts = [];
    private readonly HashSet<RecordField> _open = [];
    private int _visits;
    private int _bytes;

    /// <summary>Registers the default of a field, as in the schema's text.</summary>
    public void Add(RecordField field, JsonElement value, string pointer) => _texts.Add(field, (value, pointer));

    /// <exception cref="SchemaException">A default does not fit its type or depends on itself, or all defaults together are too large.</exception>
    public void EncodeAll()
    {
        foreach (RecordField field in _texts.Keys)
        {
            Of(field);
        }
    }

    /// <summary>The encoded default of a field; null if it has none.</summary>
    public FieldDefault? Of(RecordField field)
    {
        if (field.Default is not null || !_texts.TryGetValue(field, out (JsonElement Value, string Pointer) text))
        {
            return field.Default;
        }

        if (!_open.Add(field))
        {
            throw new SchemaException($"{text.Pointer}: the default of field {field.Name} depends on itself");
        }

        var writing = new DefaultWriter(this, fitsLogicalTypes: true);
        if (!field.Node.TryWriteDefault(text.Value, writing))
        {
            writing = WriteUnderlying(field, text);
        }

        _open.Remove(field);
        Count(writing.Buffer.WrittenCount);
        return field.Default = new FieldDefault(writing.Buffer.WrittenSpan.ToArray(), writing.Deepest);
    }

    /// <summary>The specification's own rules for defaults know no logical types.</summary>
    private DefaultWriter WriteUnderlying(RecordField field, (JsonElement Value, string Pointer) text)
    {
        var writing = new DefaultWriter(this, fitsLogicalTypes: false);
        if (!field.Node.TryWriteDefault(text.Value, writing))
        {
            throw new SchemaException($"{text.Pointer}: the default of field {field.Name} does not fit its type, {field.Node.Name}");
        }

        if (mustFitLogicalTypes)
        {
            throw new SchemaException(
                $"{text.Pointer}: the default of field {field.Name} does not fit the logical type it has or holds, so no reader could take it; "
                + "change the default or leave out the logicalType");
        }

        return writing;
    }

    public void Visit()
    {
        if (++_visits > ValueLimits.MaxDefaultVisits)
        {
            throw new SchemaException("the defaults of the schema take too long to encode");
        }
    }

    public void Count(int bytes)
    {
        if ((_bytes += bytes) > ValueLimits.MaxDefaultBytes)
        {
            throw new SchemaException($"the defaults of the schema are more than {ValueLimits.MaxDefaultBytes} bytes");
        }
    }
}
