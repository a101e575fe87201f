using System.Text.Json;
using Headwater.Core.Avro;
using Headwater.Core.Schemas.Json;

namespace Headwater.Core.Schemas.Nodes.Logical;

/// <summary>A logical type: binary form, name and defaults are those of the underlying type; the JSON form differs.</summary>
internal abstract class LogicalNode(SchemaNode underlying) : SchemaNode
{
    public SchemaNode Underlying { get; } = underlying;

    public override string Name => Underlying.Name;

    public override JsonShapes Written => JsonShapes.Text;

    public override int MinBytes => Underlying.MinBytes;

    public override bool TryWriteDefault(JsonElement value, DefaultWriter to) => Underlying.TryWriteDefault(value, to);

    public override void Skip(ref AvroReader reader, ref AvroWalk walk) => Underlying.Skip(ref reader, ref walk);
}
