using System.Numerics;
using System.Text.Json;
using Headwater.Core.Schemas.Nodes;
using Headwater.Core.Schemas.Nodes.Logical;

namespace Headwater.Core.Schemas.Compilation;

/// <summary>The logical types of the Avro specification 1.12. As it requires, unknown and invalid logical types are ignored.</summary>
internal static class LogicalTypes
{
    /// <param name="schema">The object that may have a logical type.</param>
    /// <param name="node">The underlying type.</param>
    /// <returns>The logical type, or <paramref name="node"/> unchanged.</returns>
    /// <exception cref="SchemaException">A decimal has more digits than <see cref="ValueLimits.MaxPrecision"/>.</exception>
    public static SchemaNode Apply(JsonElement schema, SchemaNode node)
    {
        if (!schema.TryGetProperty("logicalType", out JsonElement name) || name.ValueKind != JsonValueKind.String)
        {
            return node;
        }

        return (name.GetString(), node) switch
        {
            ("decimal", BytesNode or FixedNode) => Decimal(schema, node),
            ("uuid", _) when UuidNode.Fits(node) => new UuidNode(node),
            ("duration", FixedNode bytes) when DurationNode.Fits(node) => new DurationNode(bytes),
            ("date", IntNode days) => new DateNode(days),
            ("time-millis", IntNode) => new TimeNode(node, TimeUnit.Millis),
            ("time-micros", LongNode) => new TimeNode(node, TimeUnit.Micros),
            ("timestamp-millis", LongNode count) => new TimestampNode(count, TimeUnit.Millis, local: false),
            ("timestamp-micros", LongNode count) => new TimestampNode(count, TimeUnit.Micros, local: false),
            ("timestamp-nanos", LongNode count) => new TimestampNode(count, TimeUnit.NanosUnit, local: false),
            ("local-timestamp-millis", LongNode count) => new TimestampNode(count, TimeUnit.Millis, local: true),
            ("local-timestamp-micros", LongNode count) => new TimestampNode(count, TimeUnit.Micros, local: true),
            ("local-timestamp-nanos", LongNode count) => new TimestampNode(count, TimeUnit.NanosUnit, local: true),
            _ => node,
        };
    }

    private static SchemaNode Decimal(JsonElement schema, SchemaNode node)
    {
        if (!TryGetInt(schema, "precision", orElse: 0, out int precision) || !TryGetInt(schema, "scale", orElse: 0, out int scale))
        {
            return node;
        }

        if (precision < 1 || scale < 0 || scale > precision)
        {
            return node;
        }

        if (precision > ValueLimits.MaxPrecision)
        {
            throw new SchemaException($"a decimal of {precision} digits is not supported; the limit is {ValueLimits.MaxPrecision}");
        }

        if (node is FixedNode { Size: int size } && !FitsIn(size, precision))
        {
            return node;
        }

        return new DecimalNode(node, precision, scale);
    }

    private static bool TryGetInt(JsonElement schema, string member, int orElse, out int number)
    {
        number = orElse;
        return !schema.TryGetProperty(member, out JsonElement value) || (value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out number));
    }

    /// <summary>Whether every number of <paramref name="precision"/> digits fits the bytes.</summary>
    private static bool FitsIn(int bytes, int precision) => (BigInteger.Pow(10, precision) - 1).GetByteCount() <= bytes;
}
