using System.Buffers;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using Headwater.Core.Memory;
using Headwater.Core.Schemas.Json;

namespace Headwater.Core.Schemas.Nodes;

/// <summary>
/// The state of one conversion of a JSON value to Avro binary: the output, the depth, and the first mismatch. On a mismatch, a node returns
/// false, and each container around it adds its step to the JSON pointer.
/// </summary>
/// <param name="root">The whole value.</param>
/// <param name="output">Receives the binary value.</param>
/// <param name="depth">The number of containers around the value.</param>
/// <param name="marks">The values of unions in a text that is not final; null if the text is final.</param>
/// <param name="budget">Charged for the branches chosen so far. Null: not charged.</param>
internal ref struct JsonToAvro(
    JsonElement root, IBufferWriter<byte> output, int depth = 0, UnionMarks? marks = null, IMemoryBudget? budget = null)
{
    private const int ExcerptBytes = 48;

    private readonly ReadOnlySpan<byte> _root = JsonMarshal.GetRawUtf8Value(root);
    private byte[]? _text;
    private string? _message;
    private string _pointer = "";
    private int _depth = depth;
    private int _deepest = depth;
    private int _emptyItems;

    /// <summary>The members of the records being written.</summary>
    public MemberSlots Members;

    /// <summary>The branches chosen so far for the unions in the value.</summary>
    public UnionMemo Unions = new(budget);

    public IBufferWriter<byte> Output { get; private set; } = output;

    /// <summary>Whether to accept only the form in which a value is written: for example a long as a number, not as a string.</summary>
    public bool NaturalOnly { get; private set; }

    /// <summary>Whether this is a trial that only determines if a value fits: output is discarded and no mismatch is described.</summary>
    public bool Probing { get; private set; }

    public readonly ValueMismatch? Mismatch => _message is null ? null : new ValueMismatch(_pointer, _message);

    public void Dispose()
    {
        Members.Dispose();
        Unions.Dispose();
        if (_text is not null)
        {
            ByteArrays.Return(_text);
        }

        _text = null;
    }

    /// <summary>Whether the value fits the node. Restores the state of this conversion afterwards.</summary>
    public bool Fits(SchemaNode node, JsonElement value, bool naturalOnly, out TrialCost cost)
    {
        (IBufferWriter<byte> Output, bool Natural, bool Probing, int Depth, int Deepest, int EmptyItems, int Members) before =
            (Output, NaturalOnly, Probing, _depth, _deepest, _emptyItems, Members.Top);
        Output = DiscardingBuffer.OfThisThread;
        NaturalOnly |= naturalOnly;
        Probing = true;
        _deepest = _depth;
        bool fits = node.TryWrite(value, ref this);
        cost = new TrialCost(_deepest - before.Depth, _emptyItems - before.EmptyItems);
        (Output, NaturalOnly, Probing, _depth, _deepest, _emptyItems, int members) = before;
        Members.Release(members);
        return fits;
    }

    /// <summary>Counts a value that was tried before towards the limits of the value around it, without another pass over it.</summary>
    public bool TryRepeat(TrialCost cost) => MayGoDeeper(cost.Levels) && AddEmptyItems(cost.EmptyItems);

    /// <summary>Begins another value of the same text.</summary>
    /// <param name="depth">The number of containers around the value.</param>
    public void BeginAt(int depth)
    {
        _depth = depth;
        _deepest = depth;
        _emptyItems = 0;
    }

    /// <summary>The value in its final form. A value of a union that is written bare has a mark around it until the whole text is final.</summary>
    public readonly JsonElement Shown(JsonElement value) => marks is null ? value : marks.Shown(value, PositionOf(value));

    /// <summary>The position of an element in the text of the whole value, which identifies the element.</summary>
    public readonly int PositionOf(JsonElement value)
    {
        _root.Overlaps(JsonMarshal.GetRawUtf8Value(value), out int position);
        return position;
    }

    /// <summary>Enters a container.</summary>
    /// <returns>False, with the mismatch recorded, if the nesting limit is exceeded.</returns>
    public bool Enter()
    {
        _deepest = Math.Max(_deepest, ++_depth);
        return _depth <= ValueLimits.MaxDepth || Refuse($"nested more than {ValueLimits.MaxDepth} deep");
    }

    public void Leave() => _depth--;

    /// <summary>Whether the nesting limit allows a default of depth <paramref name="by"/> here.</summary>
    public bool MayGoDeeper(int by)
    {
        _deepest = Math.Max(_deepest, _depth + by);
        return _depth + by <= ValueLimits.MaxDepth || Refuse($"with its defaults, nested more than {ValueLimits.MaxDepth} deep");
    }

    public bool AddEmptyItems(int count) =>
        (_emptyItems += count) <= ValueLimits.MaxEmptyItems || Refuse($"more than {ValueLimits.MaxEmptyItems} items without bytes in the value");

    /// <summary>The text of a JSON string as UTF-8; valid until the next call.</summary>
    /// <returns>False, with the mismatch recorded, if it is not valid Unicode.</returns>
    public bool TryGetText(JsonElement text, out ReadOnlySpan<byte> utf8) =>
        TryUnescape(JsonMarshal.GetRawUtf8Value(text)[1..^1], out utf8)
        || Refuse("a string is not valid Unicode: it contains an unpaired surrogate or is not UTF-8");

    /// <summary>The name of a member as UTF-8; valid until the next call.</summary>
    /// <returns>False, with the mismatch recorded, if it is not valid Unicode.</returns>
    public bool TryGetName(JsonProperty member, out ReadOnlySpan<byte> utf8)
    {
        ReadOnlySpan<byte> raw = JsonMarshal.GetRawUtf8PropertyName(member);
        if (marks is not null && _root.Overlaps(raw, out int position) && marks.TryGetName(raw, position, out utf8))
        {
            return true;
        }

        return TryUnescape(raw, out utf8) || Refuse("a member's name is not valid Unicode");
    }

    /// <summary>Records that another value was expected.</summary>
    /// <returns>Always false.</returns>
    public bool Expected(string what, JsonElement found) => !Probing && Refuse($"expected {what}, found {Describe(found)}");

    /// <summary>Records a mismatch.</summary>
    /// <returns>Always false.</returns>
    public bool Refuse(string message)
    {
        if (!Probing)
        {
            _message = message;
        }

        return false;
    }

    /// <summary>Adds a step to the mismatch's JSON pointer.</summary>
    /// <returns>Always false.</returns>
    public bool Within(string step)
    {
        if (!Probing)
        {
            _pointer = "/" + step.Replace("~", "~0", StringComparison.Ordinal).Replace("/", "~1", StringComparison.Ordinal) + _pointer;
        }

        return false;
    }

    /// <inheritdoc cref="Within(string)"/>
    public bool Within(int index) => Within(index.ToString(System.Globalization.CultureInfo.InvariantCulture));

    /// <inheritdoc cref="Within(string)"/>
    public bool Within(JsonProperty member) => !Probing && Within(Lossy(JsonMarshal.GetRawUtf8PropertyName(member)));

    private static string Describe(JsonElement found) => found.ValueKind switch
    {
        JsonValueKind.Object => "an object",
        JsonValueKind.Array => "an array",
        JsonValueKind.String => "string " + Excerpt(found),
        JsonValueKind.Number => "number " + Excerpt(found),
        _ => Excerpt(found),
    };

    private static string Excerpt(JsonElement found)
    {
        ReadOnlySpan<byte> raw = JsonMarshal.GetRawUtf8Value(found);
        return raw.Length <= ExcerptBytes ? Encoding.UTF8.GetString(raw) : Encoding.UTF8.GetString(raw[..ExcerptBytes]).TrimEnd('\uFFFD') + "…";
    }

    private static string Lossy(ReadOnlySpan<byte> raw)
    {
        byte[] text = new byte[raw.Length];
        return JsonText.TryUnescape(raw, text, out int length) ? Encoding.UTF8.GetString(text, 0, length) : Encoding.UTF8.GetString(raw);
    }

    private bool TryUnescape(ReadOnlySpan<byte> raw, out ReadOnlySpan<byte> utf8)
    {
        utf8 = raw;
        if (!JsonText.HasEscapes(raw))
        {
            return Utf8.IsValid(raw);
        }

        if (_text is null || _text.Length < raw.Length)
        {
            if (_text is not null)
            {
                ByteArrays.Return(_text);
            }

            _text = ByteArrays.Rent(raw.Length);
        }

        bool wellFormed = JsonText.TryUnescape(raw, _text, out int length);
        utf8 = _text.AsSpan(0, length);
        return wellFormed;
    }
}
