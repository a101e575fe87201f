using System.Text.Json;
using Headwater.Core.Avro;
using Headwater.Core.Schemas.Json;

namespace Headwater.Core.Schemas.Nodes.Logical;

/// <summary>A logical type: binary form, name and defaults are those of the underlying type; the JSON form differs.</summary>
internal abstract class LogicalNode(SchemaNode underlying) : SchemaNode
{
    public SchemaNode Underlying { get; } = underlying;

    /// <summary>The logical type with its parameters, as messages name it and as two are compared: <c>timestamp-micros</c>, <c>decimal(9,2)</c>.</summary>
    public abstract string LogicalType { get; }

    public override string Name => Underlying.Name;

    public override JsonShapes Written => JsonShapes.Text;

    public override int MinBytes => Underlying.MinBytes;

    /// <inheritdoc/>
    /// <remarks>A default is given as the type beneath.</remarks>
    public override bool TryWriteDefault(JsonElement value, DefaultWriter to)
    {
        int start = to.Buffer.WrittenCount;
        return Underlying.TryWriteDefault(value, to) && (!to.FitsLogicalTypes || Fits(to.Buffer.WrittenSpan[start..]));
    }

    public sealed override void Skip(ref AvroReader reader, ref AvroWalk walk)
    {
        AvroReader value = reader;
        Underlying.Skip(ref reader, ref walk);
        if (walk.ChecksLogicalTypes)
        {
            Check(ref value);
        }
    }

    /// <summary>Reads one value, of which the type beneath is known to be right, and checks that it fits the logical type.</summary>
    /// <exception cref="AvroFormatException">It does not.</exception>
    protected virtual void Check(ref AvroReader reader)
    {
    }

    private bool Fits(ReadOnlySpan<byte> encoded)
    {
        var reader = new AvroReader(encoded);
        try
        {
            Check(ref reader);
            return true;
        }
        catch (AvroFormatException)
        {
            return false;
        }
    }
}
