using System.Text.Json;

namespace Headwater.Core.Schemas.Nodes;

/// <summary>A field of a record, with its encoded default if it has one.</summary>
internal sealed class RecordField(string name, SchemaNode node)
{
    public string Name { get; } = name;

    public JsonEncodedText Json { get; } = JsonEncodedText.Encode(name);

    public SchemaNode Node { get; } = node;

    public FieldDefault? Default { get; set; }
}

/// <summary>The value used for a missing member.</summary>
/// <param name="Bytes">The value as Avro binary.</param>
/// <param name="Depth">The nesting depth of its containers.</param>
internal sealed record FieldDefault(byte[] Bytes, int Depth);
