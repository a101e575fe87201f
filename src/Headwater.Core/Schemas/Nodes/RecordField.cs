using System.Text.Json;

namespace Headwater.Core.Schemas.Nodes;

/// <summary>A field of a record. Its default, if it has one, is encoded once.</summary>
/// <param name="name">Its name.</param>
/// <param name="node">Its type.</param>
internal sealed class RecordField(string name, SchemaNode node)
{
    public string Name { get; } = name;

    public JsonEncodedText Json { get; } = JsonEncodedText.Encode(name);

    public SchemaNode Node { get; } = node;

    public FieldDefault? Default { get; set; }
}

/// <summary>What stands for a member that is not there.</summary>
/// <param name="Bytes">The value as Avro binary.</param>
/// <param name="Depth">How many containers it has inside one another.</param>
internal sealed record FieldDefault(byte[] Bytes, int Depth);
