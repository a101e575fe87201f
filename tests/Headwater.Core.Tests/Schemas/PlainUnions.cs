using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Headwater.Core.Avro;
using Headwater.Core.Schemas.Compilation;
using Headwater.Core.Schemas.Json;
using Headwater.Core.Schemas.Nodes;

namespace Headwater.Core.Tests.Schemas;

/// <summary>
/// The rules of docs/json-values.md for unions, one after the other: nothing is remembered and every text is parsed again, so that the cost doubles with
/// every level. Only single values are left to the nodes.
/// </summary>
internal sealed class PlainUnions
{
    private readonly SchemaNode _root;

    private PlainUnions(SchemaNode root) => _root = root;

    /// <param name="schema">Not a union itself.</param>
    public static PlainUnions Of(string schema)
    {
        using JsonDocument document = SchemaText.Parse(schema);
        return new PlainUnions(SchemaCompiler.Compile(document.RootElement, SchemaSkeleton.Parse(document.RootElement), isNew: false));
    }

    /// <summary>The stored value, with the index of the union that every stored value is in; null if the value does not fit.</summary>
    public byte[]? Encode(string json)
    {
        var output = new ArrayBufferWriter<byte>();
        output.WriteUnionIndex(1);
        using JsonDocument document = JsonDocument.Parse(json, new JsonDocumentOptions { MaxDepth = 256 });
        return Accepts(_root, document.RootElement, natural: false, output) ? output.WrittenSpan.ToArray() : null;
    }

    public string Decode(ReadOnlySpan<byte> encoded)
    {
        var reader = new AvroReader(encoded[1..]);
        return Text(_root, ref reader);
    }

    private static bool Accepts(SchemaNode node, JsonElement value, bool natural, IBufferWriter<byte> output) => node switch
    {
        UnionNode union => AcceptsUnion(union, value, natural, output),
        RecordNode record => AcceptsRecord(record, value, natural, output),
        ArrayNode array => AcceptsArray(array, value, natural, output),
        MapNode map => AcceptsMap(map, value, natural, output),
        _ => AcceptsLeaf(node, value, natural, output),
    };

    private static bool AcceptsUnion(UnionNode union, JsonElement value, bool natural, IBufferWriter<byte> output)
    {
        (int branch, bool wrapped) = Find(union, value, natural: true);
        if (branch < 0 && !natural)
        {
            (branch, wrapped) = Find(union, value, natural: false);
        }

        if (branch < 0)
        {
            return false;
        }

        output.WriteUnionIndex(branch);
        return Accepts(union.Branches[branch], wrapped ? value.EnumerateObject().First().Value : value, natural, output);
    }

    private static (int Branch, bool Wrapped) Find(UnionNode union, JsonElement value, bool natural)
    {
        int named = WrappedFor(union, value);
        if (named >= 0)
        {
            JsonElement inner = value.EnumerateObject().First().Value;
            if (Accepts(union.Branches[named], inner, natural, new ArrayBufferWriter<byte>()))
            {
                bool isNeedless = Find(union, inner, natural) == (named, false);
                int bare = isNeedless ? FindBare(union, value, natural) : -1;
                return bare >= 0 ? (bare, false) : (named, true);
            }
        }

        return (FindBare(union, value, natural), false);
    }

    private static int FindBare(UnionNode union, JsonElement value, bool natural)
    {
        for (int i = 0; i < union.Branches.Length; i++)
        {
            if (Accepts(union.Branches[i], value, natural, new ArrayBufferWriter<byte>()))
            {
                return i;
            }
        }

        return -1;
    }

    private static int WrappedFor(UnionNode union, JsonElement value)
    {
        if (value.ValueKind != JsonValueKind.Object || value.GetPropertyCount() != 1)
        {
            return -1;
        }

        string name = value.EnumerateObject().First().Name;
        return Array.FindIndex(union.Branches.ToArray(), branch => branch is not NullNode && branch.Name == name);
    }

    private static bool AcceptsRecord(RecordNode record, JsonElement value, bool natural, IBufferWriter<byte> output)
    {
        RecordField[] fields = record.Fields.ToArray();
        if (value.ValueKind != JsonValueKind.Object || !AreDistinct(value) || !value.EnumerateObject().All(m => fields.Any(f => f.Name == m.Name)))
        {
            return false;
        }

        foreach (RecordField field in fields)
        {
            if (value.TryGetProperty(field.Name, out JsonElement member))
            {
                if (!Accepts(field.Node, member, natural, output))
                {
                    return false;
                }
            }
            else if (field.Default is { } given)
            {
                output.Write(given.Bytes);
            }
            else
            {
                return false;
            }
        }

        return true;
    }

    private static bool AcceptsArray(ArrayNode array, JsonElement value, bool natural, IBufferWriter<byte> output)
    {
        if (value.ValueKind != JsonValueKind.Array)
        {
            return false;
        }

        if (value.GetArrayLength() > 0)
        {
            output.WriteBlockCount(value.GetArrayLength());
        }

        bool fits = value.EnumerateArray().All(item => Accepts(array.Items, item, natural, output));
        output.WriteBlockCount(0);
        return fits;
    }

    private static bool AcceptsMap(MapNode map, JsonElement value, bool natural, IBufferWriter<byte> output)
    {
        if (value.ValueKind != JsonValueKind.Object || !AreDistinct(value))
        {
            return false;
        }

        if (value.GetPropertyCount() > 0)
        {
            output.WriteBlockCount(value.GetPropertyCount());
        }

        foreach (JsonProperty member in value.EnumerateObject())
        {
            output.WriteString(member.Name);
            if (!Accepts(map.Values, member.Value, natural, output))
            {
                return false;
            }
        }

        output.WriteBlockCount(0);
        return true;
    }

    private static bool AcceptsLeaf(SchemaNode leaf, JsonElement value, bool natural, IBufferWriter<byte> output)
    {
        if ((JsonShape.Of(value) & (natural ? leaf.Natural : leaf.Accepted)) == JsonShapes.None)
        {
            return false;
        }

        var walk = new JsonToAvro(value, output);
        try
        {
            return walk.Fits(leaf, value, natural, out _) && leaf.TryWrite(value, ref walk);
        }
        finally
        {
            walk.Dispose();
        }
    }

    private static bool AreDistinct(JsonElement value) =>
        value.EnumerateObject().Select(member => member.Name).Distinct().Count() == value.GetPropertyCount();

    private static string Text(SchemaNode node, ref AvroReader reader)
    {
        switch (node)
        {
            case UnionNode union:
                int branch = reader.ReadUnionIndex(union.Branches.Length);
                string bare = Text(union.Branches[branch], ref reader);
                using (JsonDocument document = JsonDocument.Parse(bare, new JsonDocumentOptions { MaxDepth = 256 }))
                {
                    bool isRead = Find(union, document.RootElement, natural: true) == (branch, false);
                    return isRead ? bare : "{" + Quoted(union.Branches[branch].Name) + ":" + bare + "}";
                }

            case RecordNode record:
                var members = new List<string>();
                foreach (RecordField field in record.Fields)
                {
                    members.Add(Quoted(field.Name) + ":" + Text(field.Node, ref reader));
                }

                return "{" + string.Join(',', members) + "}";
            case ArrayNode array:
                return "[" + string.Join(',', Items(array.Items, isMap: false, ref reader)) + "]";
            case MapNode map:
                return "{" + string.Join(',', Items(map.Values, isMap: true, ref reader)) + "}";
            default:
                return LeafText(node, ref reader);
        }
    }

    private static List<string> Items(SchemaNode node, bool isMap, ref AvroReader reader)
    {
        var items = new List<string>();
        for (AvroBlock block = reader.ReadBlock(0); block.Count > 0; block = reader.ReadBlock(0))
        {
            for (int i = 0; i < block.Count; i++)
            {
                string key = isMap ? Quoted(Encoding.UTF8.GetString(reader.ReadUtf8())) + ":" : "";
                items.Add(key + Text(node, ref reader));
            }

            reader.EndBlock(block);
        }

        return items;
    }

    private static string LeafText(SchemaNode leaf, ref AvroReader reader)
    {
        var output = new ArrayBufferWriter<byte>();
        using var json = new Utf8JsonWriter(output);
        var walk = new AvroToJson(json);
        leaf.WriteJson(ref reader, ref walk);
        json.Flush();
        return Encoding.UTF8.GetString(output.WrittenSpan);
    }

    private static string Quoted(string text) => "\"" + JsonEncodedText.Encode(text, JavaScriptEncoder.Default) + "\"";
}
