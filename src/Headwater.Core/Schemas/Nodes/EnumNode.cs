using System.Text.Json;
using Headwater.Core.Avro;
using Headwater.Core.Schemas.Json;

namespace Headwater.Core.Schemas.Nodes;

internal sealed class EnumNode : SchemaNode
{
    private const int SymbolsShown = 10;

    private readonly JsonEncodedText[] _symbols;
    private readonly NameTable _index;
    private readonly string _what;

    public EnumNode(string name, IReadOnlyList<string> symbols)
    {
        Name = name;
        Longest = symbols.MaxBy(symbol => symbol.Length) ?? "";
        _symbols = [.. symbols.Select(symbol => JsonEncodedText.Encode(symbol))];
        _index = new NameTable(symbols);
        string more = symbols.Count > SymbolsShown ? ", …" : "";
        _what = $"a symbol of enum {name} ({string.Join(", ", symbols.Take(SymbolsShown))}{more})";
    }

    public override string Name { get; }

    /// <summary>The longest symbol.</summary>
    public string Longest { get; }

    /// <summary>The number of symbols.</summary>
    public int Symbols => _symbols.Length;

    public override JsonShapes Written => JsonShapes.String;

    public override int MinBytes => 1;

    public override bool TryWrite(JsonElement value, ref JsonToAvro to)
    {
        if (value.ValueKind != JsonValueKind.String)
        {
            return to.Expected(_what, value);
        }

        if (!to.TryGetText(value, out ReadOnlySpan<byte> symbol))
        {
            return false;
        }

        int index = _index.Find(symbol);
        if (index < 0)
        {
            return to.Expected(_what, value);
        }

        to.Output.WriteUnionIndex(index);
        return true;
    }

    public override bool TryWriteNext(ref JsonInput from)
    {
        if (from.Reader.TokenType != JsonTokenType.String || !from.TryGetPlainText(out ReadOnlySpan<byte> symbol))
        {
            return from.TryWriteScalar(this);
        }

        int index = _index.Find(symbol);
        from.Output.WriteLong(index);
        return index >= 0;
    }

    public override bool TryWriteDefault(JsonElement value, DefaultWriter to)
    {
        int index = value.ValueKind == JsonValueKind.String ? _index.Find(System.Text.Encoding.UTF8.GetBytes(value.GetString()!)) : -1;
        if (index < 0)
        {
            return false;
        }

        to.Output.WriteUnionIndex(index);
        return true;
    }

    public override void Skip(ref AvroReader reader, ref AvroWalk walk) => reader.ReadUnionIndex(_symbols.Length);

    public override void WriteJson(ref AvroReader reader, ref AvroToJson to) =>
        to.Json.WriteStringValue(_symbols[reader.ReadUnionIndex(_symbols.Length)]);

    public override void WriteMember(JsonEncodedText name, ref AvroReader reader, ref AvroToJson to) =>
        to.Json.WriteString(name, _symbols[reader.ReadUnionIndex(_symbols.Length)]);
}
