using System.Buffers;
using System.Text.Json;
using Headwater.Core.Avro;

namespace Headwater.Core.Schemas.Nodes;

/// <summary>Encodes one default of a schema.</summary>
/// <param name="all">The schema's other defaults.</param>
/// <param name="fitsLogicalTypes">Whether a value has to fit its logical type, not only the type beneath.</param>
internal sealed class DefaultWriter(SchemaDefaults all, bool fitsLogicalTypes)
{
    public bool FitsLogicalTypes { get; } = fitsLogicalTypes;

    private int _depth;

    public IBufferWriter<byte> Output => Buffer;

    public int Deepest { get; private set; }

    public ArrayBufferWriter<byte> Buffer { get; private set; } = new();

    /// <summary>Enters a container.</summary>
    /// <returns>False if the nesting limit is exceeded.</returns>
    public bool Enter()
    {
        all.Visit();
        return Reaches(++_depth);
    }

    public void Leave() => _depth--;

    /// <summary>Writes the default of a field that the default of its record omits.</summary>
    public bool TryWriteDefaultOf(RecordField field)
    {
        FieldDefault? value = all.Of(field);
        if (value is null || !Reaches(_depth + value.Depth))
        {
            return false;
        }

        Buffer.Write(value.Bytes);
        all.Count(value.Bytes.Length);
        return true;
    }

    /// <summary>Writes the value as a branch of a union, if it fits.</summary>
    public bool TryBranch(int index, SchemaNode branch, JsonElement value)
    {
        (ArrayBufferWriter<byte> buffer, int depth, int deepest) = (Buffer, _depth, Deepest);
        Buffer = new ArrayBufferWriter<byte>();
        all.Visit();
        bool fits = branch.TryWriteDefault(value, this);
        (ArrayBufferWriter<byte> written, Buffer, _depth) = (Buffer, buffer, depth);
        if (!fits)
        {
            Deepest = deepest;
            return false;
        }

        Output.WriteUnionIndex(index);
        Buffer.Write(written.WrittenSpan);
        return true;
    }

    private bool Reaches(int depth)
    {
        Deepest = Math.Max(Deepest, depth);
        return depth <= ValueLimits.MaxDepth;
    }
}
