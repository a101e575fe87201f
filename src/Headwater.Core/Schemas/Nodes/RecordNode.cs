using System.Buffers;
using System.Text.Json;
using Headwater.Core.Avro;
using Headwater.Core.Schemas.Json;

namespace Headwater.Core.Schemas.Nodes;

/// <summary>In JSON an object with the members in any order. Unknown members are rejected; missing members get the default of their field.</summary>
internal sealed class RecordNode(string name) : SchemaNode
{
    private readonly string _what = $"record {name} (an object)";
    private NameTable _index = new([]);
    private RecordField[] _fields = [];
    private int _minBytes;

    public override string Name { get; } = name;

    public override JsonShapes Written => JsonShapes.Object;

    public override int MinBytes => _minBytes;

    public ReadOnlySpan<RecordField> Fields => _fields;

    /// <summary>Sets the fields, once. They are not constructor arguments because a field may refer to the record itself.</summary>
    public void Complete(RecordField[] fields)
    {
        _fields = fields;
        _index = new NameTable(fields.Select(field => field.Name));
    }

    /// <summary>Sets <see cref="MinBytes"/>, once the sizes of the fields are known.</summary>
    public void CompleteSize(int minBytes) => _minBytes = minBytes;

    public override bool TryWrite(JsonElement value, ref JsonToAvro to)
    {
        if (value.ValueKind != JsonValueKind.Object)
        {
            return to.Expected(_what, value);
        }

        if (!to.Enter())
        {
            return false;
        }

        int members = to.Members.Take(_fields.Length);
        if (!TryFindMembers(value, members, ref to))
        {
            return false;
        }

        for (int i = 0; i < _fields.Length; i++)
        {
            if (!TryWriteField(_fields[i], to.Members[members + i], ref to))
            {
                return to.Probing ? false : to.Within(_fields[i].Name);
            }
        }

        to.Members.Release(members);
        to.Leave();
        return true;
    }

    public override bool TryWriteNext(ref JsonInput from)
    {
        if (from.Reader.TokenType != JsonTokenType.StartObject || !from.Enter())
        {
            return false;
        }

        int next = 0;
        while (from.Reader.Read() && from.Reader.TokenType == JsonTokenType.PropertyName)
        {
            if (next == _fields.Length || from.Reader.ValueIsEscaped || !from.Reader.ValueSpan.SequenceEqual(_fields[next].Json.EncodedUtf8Bytes))
            {
                return TryWriteInAnyOrder(next, ref from);
            }

            from.Reader.Read();
            if (!_fields[next].Node.TryWriteNext(ref from))
            {
                return false;
            }

            next++;
        }

        for (; next < _fields.Length; next++)
        {
            if (!TryWriteDefault(_fields[next], ref from))
            {
                return false;
            }
        }

        from.Leave();
        return true;
    }

    public override bool TryWriteDefault(JsonElement value, DefaultWriter to)
    {
        if (value.ValueKind != JsonValueKind.Object || !to.Enter())
        {
            return false;
        }

        foreach (JsonProperty member in value.EnumerateObject())
        {
            if (!Array.Exists(_fields, field => field.Name == member.Name))
            {
                return false;
            }
        }

        foreach (RecordField field in _fields)
        {
            if (!(value.TryGetProperty(field.Name, out JsonElement member) ? field.Node.TryWriteDefault(member, to) : to.TryWriteDefaultOf(field)))
            {
                return false;
            }
        }

        to.Leave();
        return true;
    }

    public override void Skip(ref AvroReader reader, ref AvroWalk walk)
    {
        walk.Enter(reader);
        foreach (RecordField field in _fields)
        {
            field.Node.Skip(ref reader, ref walk);
        }

        walk.Leave();
    }

    public override void WriteJson(ref AvroReader reader, ref AvroToJson to)
    {
        to.Walk.Enter(reader);
        to.Json.WriteStartObject();
        foreach (RecordField field in _fields)
        {
            field.Node.WriteMember(field.Json, ref reader, ref to);
        }

        to.Json.WriteEndObject();
        to.Walk.Leave();
    }

    private static bool TryWriteDefault(RecordField field, ref JsonInput from)
    {
        if (field.Default is null || !from.MayGoDeeper(field.Default.Depth))
        {
            return false;
        }

        from.Output.WriteRaw(field.Default.Bytes);
        return true;
    }

    private static bool TryWriteField(RecordField field, JsonElement member, ref JsonToAvro to)
    {
        if (member.ValueKind != JsonValueKind.Undefined)
        {
            return field.Node.TryWrite(member, ref to);
        }

        if (field.Default is null)
        {
            return to.Refuse("missing, and the schema has no default for it");
        }

        if (!to.MayGoDeeper(field.Default.Depth))
        {
            return false;
        }

        // A trial discards its output, and a default may be 1 MiB.
        if (!to.Probing)
        {
            to.Output.Write(field.Default.Bytes);
        }

        return true;
    }

    /// <summary>Writes the fields from <paramref name="first"/> on, whose members follow in any order, or are missing.</summary>
    private bool TryWriteInAnyOrder(int first, ref JsonInput from)
    {
        int places = from.Members.Take(_fields.Length);
        int guess = first;
        do
        {
            if (!from.TryGetPlainText(out ReadOnlySpan<byte> name))
            {
                return false;
            }

            int index = _index.Find(name, guess);
            if (index < first || from.Members[places + index].Length > 0)
            {
                return false;
            }

            from.Reader.Read();
            if (!from.TrySkip(out MemberPlace place))
            {
                return false;
            }

            from.Members[places + index] = place;
            guess = index + 1;
        }
        while (from.Reader.Read() && from.Reader.TokenType == JsonTokenType.PropertyName);

        for (int i = first; i < _fields.Length; i++)
        {
            MemberPlace place = from.Members[places + i];
            if (!(place.Length > 0 ? from.TryWriteSkipped(place, _fields[i].Node) : TryWriteDefault(_fields[i], ref from)))
            {
                return false;
            }
        }

        from.Members.Release(places);
        from.Leave();
        return true;
    }

    private bool TryFindMembers(JsonElement value, int members, ref JsonToAvro to)
    {
        int next = 0;
        foreach (JsonProperty member in value.EnumerateObject())
        {
            if (!to.TryGetName(member, out ReadOnlySpan<byte> name))
            {
                return to.Within(member);
            }

            int index = _index.Find(name, next);
            if (index < 0)
            {
                return to.Probing ? false : RefuseUnknown(member, ref to);
            }

            ref JsonElement slot = ref to.Members[members + index];
            if (slot.ValueKind != JsonValueKind.Undefined)
            {
                return to.Refuse("given twice") || to.Within(member);
            }

            slot = to.Shown(member.Value);
            next = index + 1;
        }

        return true;
    }

    private bool RefuseUnknown(JsonProperty member, ref JsonToAvro to) =>
        to.Refuse($"unknown member: record {Name} has no such field") || to.Within(member);
}
