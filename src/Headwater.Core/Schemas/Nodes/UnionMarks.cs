using System.Buffers.Text;
using System.Runtime.InteropServices;
using System.Text.Json;
using Headwater.Core.Schemas.Json;

namespace Headwater.Core.Schemas.Nodes;

/// <summary>A value of a union in a text that is not final. It is an object with one member, which is named after the mark's number.</summary>
/// <param name="Position">The object's first byte.</param>
/// <param name="Union">The union.</param>
/// <param name="Branch">The value's branch.</param>
/// <param name="Depth">The number of containers around the value.</param>
internal record struct UnionMark(int Position, UnionNode Union, int Branch, int Depth)
{
    /// <summary>The object's last byte, once it is decided.</summary>
    public int End { get; set; }

    /// <summary>Whether the final text has the bare value, once it is decided; otherwise the member has the branch's name.</summary>
    public bool IsBare { get; set; }
}

/// <summary>
/// Decides which values of unions are written bare, in one pass over their common text: a value after all values in it. Each decision asks how the bare
/// value would be read, and what one has found serves the next.
/// </summary>
internal sealed class UnionMarks
{
    private const int MostKept = 1024;

    private readonly List<UnionMark> _marks = [];
    private int _next;

    public int Count => _marks.Count;

    /// <summary>The marks, in the order of their positions.</summary>
    public ReadOnlySpan<UnionMark> All => CollectionsMarshal.AsSpan(_marks);

    /// <returns>The mark's number.</returns>
    public int Add(UnionMark mark)
    {
        _marks.Add(mark);
        return _marks.Count - 1;
    }

    public void Clear()
    {
        _marks.Clear();
        _next = 0;
        if (_marks.Capacity > MostKept)
        {
            _marks.Capacity = 0;
        }
    }

    /// <summary>Decides all marks.</summary>
    public void Decide(JsonElement root)
    {
        var reading = new JsonToAvro(root, DiscardingBuffer.OfThisThread, marks: this);
        try
        {
            Decide(root, ref reading);
        }
        finally
        {
            reading.Dispose();
        }
    }

    /// <summary>The value in its final form. All marks in the value are decided.</summary>
    public JsonElement Shown(JsonElement value, int position) =>
        TryFind(value, position, out int mark) && All[mark].IsBare ? UnionReading.Only(value).Value : value;

    /// <summary>The name of a member that is a mark's.</summary>
    /// <param name="raw">The name as in the text.</param>
    /// <param name="position">The position of the name in the text.</param>
    /// <param name="name">The name in the final text.</param>
    public bool TryGetName(ReadOnlySpan<byte> raw, int position, out ReadOnlySpan<byte> name)
    {
        name = default;
        if (!TryFind(raw, position - "{\"".Length, out int mark))
        {
            return false;
        }

        UnionMark found = All[mark];
        name = found.Union.NameOf(found.Branch);
        return true;
    }

    private void Decide(JsonElement value, ref JsonToAvro reading)
    {
        if (value.ValueKind is not (JsonValueKind.Object or JsonValueKind.Array) || _next == _marks.Count)
        {
            return;
        }

        int position = reading.PositionOf(value);
        int end = position + JsonMarshal.GetRawUtf8Value(value).Length - 1;
        if (All[_next].Position > end)
        {
            return;
        }

        int mark = All[_next].Position == position ? _next++ : -1;
        DecideWithin(value, ref reading);
        if (mark >= 0)
        {
            ref UnionMark decided = ref CollectionsMarshal.AsSpan(_marks)[mark];
            reading.BeginAt(decided.Depth);
            decided.End = end;
            decided.IsBare = decided.Union.Reading.Takes(decided.Branch, UnionReading.Only(value).Value, ref reading);
        }
    }

    private void DecideWithin(JsonElement value, ref JsonToAvro reading)
    {
        if (value.ValueKind == JsonValueKind.Array)
        {
            foreach (JsonElement item in value.EnumerateArray())
            {
                Decide(item, ref reading);
            }

            return;
        }

        foreach (JsonProperty member in value.EnumerateObject())
        {
            Decide(member.Value, ref reading);
        }
    }

    private bool TryFind(JsonElement value, int position, out int mark)
    {
        mark = -1;
        return value.ValueKind == JsonValueKind.Object
            && value.GetPropertyCount() == 1
            && TryFind(JsonMarshal.GetRawUtf8PropertyName(UnionReading.Only(value)), position, out mark);
    }

    // A map may have a key that is a number, so the position decides.
    private bool TryFind(ReadOnlySpan<byte> raw, int position, out int mark) =>
        Utf8Parser.TryParse(raw, out mark, out int consumed)
        && consumed == raw.Length
        && (uint)mark < (uint)_marks.Count
        && All[mark].Position == position;
}
