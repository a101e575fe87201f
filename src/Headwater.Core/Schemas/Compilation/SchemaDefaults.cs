using System.Text.Json;
using Headwater.Core.Schemas.Nodes;

namespace Headwater.Core.Schemas.Compilation;

/// <summary>
/// Encodes the defaults of a schema, each once, those that others lean on first. Both the work and the bytes are bounded: a short
/// text can name defaults that double at every level.
/// </summary>
/// <param name="mustFitLogicalTypes">
/// Whether a default that fits only the type beneath its logical type is refused. Streams created before this rule keep such a default; it is then written as the type beneath.
/// </param>
internal sealed class SchemaDefaults(bool mustFitLogicalTypes)
{
    private readonly Dictionary<RecordField, (JsonElement Value, string Pointer)> _texts = [];
    private readonly HashSet<RecordField> _open = [];
    private int _visits;
    private int _bytes;

    /// <summary>Notes what the schema says a field's default is.</summary>
    public void Add(RecordField field, JsonElement value, string pointer) => _texts.Add(field, (value, pointer));

    /// <exception cref="SchemaException">One does not fit its type, needs itself, or all together are too large.</exception>
    public void EncodeAll()
    {
        foreach (RecordField field in _texts.Keys)
            Of(field);
    }

    /// <summary>A field's default, encoded; null when it has none.</summary>
    public FieldDefault? Of(RecordField field)
    {
        if (field.Default is not null || !_texts.TryGetValue(field, out (JsonElement Value, string Pointer) text))
            return field.Default;
        if (!_open.Add(field))
            throw new SchemaException($"{text.Pointer}: the default of field {field.Name} needs itself");
        var writing = new DefaultWriting(this, fitsLogicalTypes: true);
        if (!field.Node.TryWriteDefault(text.Value, writing))
            writing = WriteUnderlying(field, text);
        _open.Remove(field);
        Count(writing.Buffer.WrittenCount);
        return field.Default = new FieldDefault(writing.Buffer.WrittenSpan.ToArray(), writing.Deepest);
    }

    /// <summary>The specification's own rules for defaults know no logical types.</summary>
    private DefaultWriting WriteUnderlying(RecordField field, (JsonElement Value, string Pointer) text)
    {
        var writing = new DefaultWriting(this, fitsLogicalTypes: false);
        if (!field.Node.TryWriteDefault(text.Value, writing))
            throw new SchemaException($"{text.Pointer}: the default of field {field.Name} does not fit its type, {field.Node.Name}");
        if (mustFitLogicalTypes)
        {
            throw new SchemaException(
                $"{text.Pointer}: the default of field {field.Name} does not fit the logical type it has or holds, so no reader could take it; change the default or leave out the logicalType");
        }

        return writing;
    }

    public void Visit()
    {
        if (++_visits > ValueLimits.MaxDefaultVisits)
            throw new SchemaException("the defaults of the schema take too long to encode");
    }

    public void Count(int bytes)
    {
        if ((_bytes += bytes) > ValueLimits.MaxDefaultBytes)
            throw new SchemaException($"the defaults of the schema are more than {ValueLimits.MaxDefaultBytes} bytes");
    }
}
