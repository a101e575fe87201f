using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using Headwater.Core.Schemas.Json;

namespace Headwater.Core.Schemas.Nodes;

/// <summary>
/// The text of a value of a union whose branches look alike. It is written once, with a mark around every such value in it, and parsed once, at the end.
/// Each thread keeps one instance for reuse.
/// </summary>
internal sealed class UnionText : IDisposable
{
    private const int MostKeptBytes = 64 * 1024;

    [ThreadStatic]
    private static UnionText? _kept;

    private readonly ArrayBufferWriter<byte> _text = new();
    private readonly ArrayBufferWriter<byte> _final = new();
    private readonly UnionMarks _marks = new();
    private readonly JavaScriptEncoder? _encoder;

    private UnionText(JavaScriptEncoder? encoder)
    {
        _encoder = encoder;
        Json = new Utf8JsonWriter(_text, new JsonWriterOptions { Encoder = encoder, SkipValidation = true });
    }

    public Utf8JsonWriter Json { get; }

    /// <summary>Rents an empty instance with the escaping rules of the given writer.</summary>
    public static UnionText Rent(Utf8JsonWriter like)
    {
        UnionText? kept = _kept;
        _kept = null;
        return kept is not null && ReferenceEquals(kept._encoder, like.Options.Encoder) ? kept : new UnionText(like.Options.Encoder);
    }

    /// <summary>Begins a value of a union; the caller writes the branch's value.</summary>
    public void Begin(UnionNode union, int branch, int depth)
    {
        Json.WriteStartObject();
        int position = (int)(Json.BytesCommitted + Json.BytesPending) - 1;
        int mark = _marks.Add(new UnionMark(position, union, branch, depth));
        Span<byte> name = stackalloc byte[MarkName.MaxBytes];
        Json.WritePropertyName(name[..MarkName.Write(mark, name)]);
    }

    /// <summary>Ends the value that was begun last and has not ended.</summary>
    public void End() => Json.WriteEndObject();

    /// <summary>The final text of the outermost value; valid until this is disposed.</summary>
    public ReadOnlySpan<byte> Finish()
    {
        Json.Flush();
        ReadOnlyMemory<byte> text = _text.WrittenMemory;
        UnionMark outermost = _marks.All[0];
        ReadOnlySpan<byte> bare = text.Span[MarkName.HeadBytes(0)..^1];
        if (_marks.Count == 1 && outermost.Union.Reading.TakesByShape(outermost.Branch, JsonShape.Of(bare)))
        {
            return bare;
        }

        using (var document = JsonDocument.Parse(text, new JsonDocumentOptions { MaxDepth = 4 * ValueLimits.MaxDepth }))
        {
            _marks.Decide(document.RootElement);
        }

        return _marks.Count == 1 && _marks.All[0].IsBare ? bare : WriteFinal(text.Span);
    }

    public void Dispose()
    {
        if (_text.Capacity > MostKeptBytes || _final.Capacity > MostKeptBytes)
        {
            Json.Dispose();
            return;
        }

        Json.Reset();
        _text.ResetWrittenCount();
        _final.ResetWrittenCount();
        _marks.Clear();
        _kept = this;
    }

    private ReadOnlySpan<byte> WriteFinal(ReadOnlySpan<byte> text)
    {
        var open = new Stack<int>();
        int copied = 0;
        for (int i = 0; i < _marks.Count; i++)
        {
            UnionMark mark = _marks.All[i];
            while (open.TryPeek(out int inner) && _marks.All[inner].End < mark.Position)
            {
                Close(text, open.Pop(), ref copied);
            }

            _final.Write(text[copied..mark.Position]);
            copied = mark.Position + MarkName.HeadBytes(i);
            if (!mark.IsBare)
            {
                _final.Write("{\""u8);
                _final.Write(mark.Union.NameOf(mark.Branch));
                _final.Write("\":"u8);
            }

            open.Push(i);
        }

        while (open.TryPop(out int outer))
        {
            Close(text, outer, ref copied);
        }

        return _final.WrittenSpan;
    }

    private void Close(ReadOnlySpan<byte> text, int mark, ref int copied)
    {
        int end = _marks.All[mark].End;
        _final.Write(text[copied..end]);
        copied = end + 1;
        if (!_marks.All[mark].IsBare)
        {
            _final.Write("}"u8);
        }
    }

    /// <summary>The name of a mark's only member: its number.</summary>
    private static class MarkName
    {
        public const int MaxBytes = 10;

        public static int Write(int mark, Span<byte> name)
        {
            mark.TryFormat(name, out int length, default, System.Globalization.CultureInfo.InvariantCulture);
            return length;
        }

        /// <summary>The bytes before the value: the beginning of the object, the name in quotes, and the colon.</summary>
        public static int HeadBytes(int mark)
        {
            Span<byte> name = stackalloc byte[MaxBytes];
            return Write(mark, name) + "{\"\":".Length;
        }
    }
}
