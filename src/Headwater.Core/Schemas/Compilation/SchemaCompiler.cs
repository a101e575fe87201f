using System.Text.Json;
using Avro;
using Headwater.Core.Schemas.Nodes;

namespace Headwater.Core.Schemas.Compilation;

/// <summary>
/// Compiles a schema to nodes. It walks two trees in parallel: Apache.Avro's model of the skeleton, which has the structure and every full
/// name, and the text, which has the logical types and the defaults.
/// </summary>
internal sealed class SchemaCompiler
{
    private static readonly BooleanNode Boolean = new();
    private static readonly IntNode Int = new();
    private static readonly LongNode Long = new();
    private static readonly FloatNode Float = new();
    private static readonly DoubleNode Double = new();
    private static readonly BytesNode Bytes = new();
    private static readonly StringNode String = new();

    private readonly Dictionary<string, SchemaNode> _named = new(StringComparer.Ordinal);
    private readonly List<RecordNode> _records = [];
    private readonly List<UnionNode> _unions = [];
    private readonly SchemaDefaults _defaults;

    private SchemaCompiler(bool isNew) => _defaults = new SchemaDefaults(mustFitLogicalTypes: isNew);

    public static NullNode Null { get; } = new();

    /// <param name="text">The schema, that <paramref name="skeleton"/> was made from.</param>
    /// <param name="skeleton">Its structure.</param>
    /// <param name="isNew">Whether defaults must fit their logical types, as those of new streams must.</param>
    /// <exception cref="SchemaException">A default does not fit, or a record can have no values or costs too much.</exception>
    public static SchemaNode Compile(JsonElement text, Schema skeleton, bool isNew)
    {
        var compiler = new SchemaCompiler(isNew);
        SchemaNode root = compiler.Node(text, skeleton, "");
        var sizes = new SchemaSizes();
        compiler._records.ForEach(sizes.Measure);
        compiler._defaults.EncodeAll();
        compiler._unions.ForEach(union => union.Complete());
        return root;
    }

    private SchemaNode Node(JsonElement text, Schema schema, string pointer) => text.ValueKind switch
    {
        JsonValueKind.String => Referenced(schema),
        JsonValueKind.Array => Union(text, (UnionSchema)schema, pointer),
        _ => Described(text, schema, pointer),
    };

    private SchemaNode Referenced(Schema schema) => schema.Tag switch
    {
        Schema.Type.Null => Null,
        Schema.Type.Boolean => Boolean,
        Schema.Type.Int => Int,
        Schema.Type.Long => Long,
        Schema.Type.Float => Float,
        Schema.Type.Double => Double,
        Schema.Type.Bytes => Bytes,
        Schema.Type.String => String,
        _ => _named[schema.Fullname],
    };

    private UnionNode Union(JsonElement text, UnionSchema schema, string pointer)
    {
        SchemaNode[] branches = [.. text.EnumerateArray().Select((branch, i) => Node(branch, schema.Schemas[i], $"{pointer}/{i}"))];
        var union = new UnionNode(branches, wraps: true);
        _unions.Add(union);
        return union;
    }

    private SchemaNode Described(JsonElement text, Schema schema, string pointer)
    {
        JsonElement type = text.GetProperty("type");
        string? name = type.ValueKind == JsonValueKind.String ? type.GetString() : null;
        switch (name)
        {
            case "array":
                return new ArrayNode(Node(text.GetProperty("items"), ((ArraySchema)schema).ItemSchema, pointer + "/items"));
            case "map":
                return new MapNode(Node(text.GetProperty("values"), ((MapSchema)schema).ValueSchema, pointer + "/values"));
            case "record":
                return Record(text, (RecordSchema)schema, pointer);
            case "enum":
                return _named[schema.Fullname] = new EnumNode(schema.Fullname, [.. ((EnumSchema)schema).Symbols]);
            case "fixed":
                return _named[schema.Fullname] = LogicalTypes.Apply(text, new FixedNode(schema.Fullname, ((FixedSchema)schema).Size));
            default:
                return LogicalTypes.Apply(text, Node(type, schema, pointer + "/type"));
        }
    }

    private RecordNode Record(JsonElement text, RecordSchema schema, string pointer)
    {
        var record = new RecordNode(schema.Fullname);
        _named[schema.Fullname] = record;
        _records.Add(record);
        record.Complete([.. text.GetProperty("fields").EnumerateArray()
            .Select((field, i) => Field(field, schema.Fields[i], $"{pointer}/fields/{i}"))]);
        return record;
    }

    private RecordField Field(JsonElement text, Field schema, string pointer)
    {
        var field = new RecordField(schema.Name, Node(text.GetProperty("type"), schema.Schema, pointer + "/type"));
        if (text.TryGetProperty("default", out JsonElement value))
        {
            _defaults.Add(field, value, pointer + "/default");
        }

        return field;
    }
}
