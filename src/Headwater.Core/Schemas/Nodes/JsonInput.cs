using System.Text.Json;
using Headwater.Core.Memory;
using Headwater.Core.Schemas.Json;

namespace Headwater.Core.Schemas.Nodes;

/// <summary>
/// The state of one conversion of a JSON text to Avro binary in a single pass, without a document. A conversion may give up, and then says nothing
/// about the value: <see cref="SchemaNode.TryWrite"/> decides. It gives up for values that do not fit, and for those where one pass is not enough.
/// </summary>
internal ref struct JsonInput
{
    /// <summary>A longer text is left to the conversion of documents.</summary>
    private const int MaxTextBytes = ValueBuffer.MaxBytes;

    private readonly ReadOnlySpan<byte> _text;
    private int _depth;

    /// <summary>Reads the text. Between two values it is at the last token of the value before.</summary>
    public Utf8JsonReader Reader;

    /// <param name="text">What the reader reads, as one span: valid UTF-8.</param>
    /// <param name="reader">At the first token of the value.</param>
    /// <param name="output">Receives the value.</param>
    /// <param name="members">The members of records whose order is not the schema's.</param>
    /// <param name="depth">The number of containers around the value.</param>
    public JsonInput(ReadOnlySpan<byte> text, Utf8JsonReader reader, ValueBuffer output, MemberPlaces members, int depth = 0)
    {
        _text = text;
        _depth = depth;
        Reader = reader;
        Output = output;
        Members = members;
    }

    public ValueBuffer Output { get; }

    public MemberPlaces Members { get; }

    /// <summary>Enters a container.</summary>
    /// <returns>False if the nesting limit is exceeded.</returns>
    public bool Enter() => ++_depth <= ValueLimits.MaxDepth;

    public void Leave() => _depth--;

    /// <summary>Whether the nesting limit allows a default of depth <paramref name="by"/> here.</summary>
    public readonly bool MayGoDeeper(int by) => _depth + by <= ValueLimits.MaxDepth;

    /// <summary>The current string or name as UTF-8, if it has no escapes and is not long.</summary>
    public readonly bool TryGetPlainText(out ReadOnlySpan<byte> text)
    {
        text = Reader.ValueSpan;
        return !Reader.ValueIsEscaped && text.Length <= MaxTextBytes;
    }

    /// <summary>Writes the current string, unescaped, with its length.</summary>
    public readonly bool TryWriteText()
    {
        if (TryGetPlainText(out ReadOnlySpan<byte> text))
        {
            Output.WriteSized(text);
            return true;
        }

        if (text.Length > MaxTextBytes)
        {
            return false;
        }

        byte[] unescaped = ByteArrays.Rent(text.Length);
        bool wellFormed = JsonText.TryUnescape(text, unescaped, out int length);
        if (wellFormed)
        {
            Output.WriteSized(unescaped.AsSpan(0, length));
        }

        ByteArrays.Return(unescaped);
        return wellFormed;
    }

    /// <summary>Converts the current value by way of a document of this one value, unless it is an object, an array or long.</summary>
    /// <param name="node">The type of the value.</param>
    public bool TryWriteScalar(SchemaNode node)
    {
        if (Reader.TokenType is JsonTokenType.StartObject or JsonTokenType.StartArray || Reader.ValueSpan.Length > MaxTextBytes)
        {
            return false;
        }

        JsonElement element = JsonElement.ParseValue(ref Reader);
        var walk = new JsonToAvro(element, Output, _depth);
        try
        {
            return node.TryWrite(element, ref walk);
        }
        finally
        {
            walk.Dispose();
        }
    }

    /// <summary>Skips the current value and remembers where it is.</summary>
    /// <returns>False if values were skipped so often that the conversion of a document is cheaper.</returns>
    public bool TrySkip(out MemberPlace place)
    {
        int start = (int)Reader.TokenStartIndex;
        Reader.Skip();
        place = new MemberPlace(start, (int)Reader.BytesConsumed - start);
        return Members.TrySpend(place.Length);
    }

    /// <summary>Converts a value that was skipped.</summary>
    public bool TryWriteSkipped(MemberPlace place, SchemaNode node)
    {
        ReadOnlySpan<byte> text = _text.Slice(place.Start, place.Length);
        var inner = new JsonInput(text, new Utf8JsonReader(text, Reader.CurrentState.Options), Output, Members, _depth);
        inner.Reader.Read();
        return node.TryWriteNext(ref inner);
    }
}
