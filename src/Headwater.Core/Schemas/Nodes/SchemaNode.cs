using System.Text.Json;
using Headwater.Core.Avro;
using Headwater.Core.Schemas.Json;

namespace Headwater.Core.Schemas.Nodes;

/// <summary>One type of a compiled schema: converts JSON to Avro binary, checks Avro binary, and converts it to JSON. Immutable once compiled.</summary>
internal abstract class SchemaNode
{
    /// <summary>The full name of a named type, otherwise the name of the type. It distinguishes the branches of a union.</summary>
    public abstract string Name { get; }

    /// <summary>The shapes of JSON that <see cref="WriteJson"/> writes.</summary>
    public abstract JsonShapes Written { get; }

    /// <summary>The shapes accepted if <see cref="JsonToAvro.NaturalOnly"/>. Contains <see cref="Written"/>.</summary>
    public virtual JsonShapes Natural => Written;

    /// <summary>All shapes accepted. Contains <see cref="Natural"/>.</summary>
    public virtual JsonShapes Accepted => Natural;

    /// <summary>The smallest size of a value in bytes.</summary>
    public abstract int MinBytes { get; }

    /// <summary>Writes a JSON value as Avro binary.</summary>
    /// <returns>False, with the mismatch recorded in <paramref name="to"/>, if the value does not fit; the caller discards the output.</returns>
    public abstract bool TryWrite(JsonElement value, ref JsonToAvro to);

    /// <summary>
    /// Writes the JSON value that the reader is at as Avro binary, byte for byte as <see cref="TryWrite"/> does. The reader is at the value's last token
    /// afterwards.
    /// </summary>
    /// <returns>False if it gave up; the caller discards the output and asks <see cref="TryWrite"/>.</returns>
    public virtual bool TryWriteNext(ref JsonInput from) => from.TryWriteScalar(this);

    /// <summary>Writes a default value of the schema as Avro binary. The rules of the specification apply, which ignore logical types.</summary>
    /// <returns>False if the default does not fit.</returns>
    public abstract bool TryWriteDefault(JsonElement value, DefaultWriter to);

    /// <summary>Skips one value and checks it.</summary>
    /// <exception cref="AvroFormatException">The value does not match the schema.</exception>
    public abstract void Skip(ref AvroReader reader, ref AvroWalk walk);

    /// <summary>Reads one value and writes it as JSON.</summary>
    /// <exception cref="AvroFormatException">The value does not match the schema.</exception>
    public abstract void WriteJson(ref AvroReader reader, ref AvroToJson to);

    /// <summary>Reads one value and writes it as a member of an object; scalars write name and value in one call, which is faster.</summary>
    /// <exception cref="AvroFormatException">The value does not match the schema.</exception>
    public virtual void WriteMember(JsonEncodedText name, ref AvroReader reader, ref AvroToJson to)
    {
        to.Json.WritePropertyName(name);
        WriteJson(ref reader, ref to);
    }
}
