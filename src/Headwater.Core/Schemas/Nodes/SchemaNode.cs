using System.Text.Json;
using Headwater.Core.Avro;
using Headwater.Core.Schemas.Json;

namespace Headwater.Core.Schemas.Nodes;

/// <summary>One type of a compiled schema: takes JSON in, checks Avro binary, writes JSON out. Immutable once compiled.</summary>
internal abstract class SchemaNode
{
    /// <summary>The full name of a named type, else the name of the type: what tells the branches of a union apart.</summary>
    public abstract string Name { get; }

    /// <summary>The shapes of the JSON this type is written out as.</summary>
    public abstract JsonShapes Written { get; }

    /// <summary>The shapes accepted when only natural forms count. Holds <see cref="Written"/>.</summary>
    public virtual JsonShapes Natural => Written;

    /// <summary>The shapes accepted at all. Holds <see cref="Natural"/>.</summary>
    public virtual JsonShapes Accepted => Natural;

    /// <summary>The least bytes a value takes.</summary>
    public abstract int MinBytes { get; }

    /// <summary>Writes a JSON value as Avro binary.</summary>
    /// <returns>False, with the mismatch noted in <paramref name="to"/>, when the value does not fit; what was written then is worthless.</returns>
    public abstract bool TryWrite(JsonElement value, ref JsonToAvro to);

    /// <summary>Writes a default value of the schema's text as Avro binary: the specification's own rules, which know no logical types.</summary>
    /// <returns>False when it does not fit.</returns>
    public abstract bool TryWriteDefault(JsonElement value, DefaultWriter to);

    /// <summary>Reads over one value.</summary>
    /// <exception cref="AvroFormatException">It is not what the schema says.</exception>
    public abstract void Skip(ref AvroReader reader, ref AvroWalk walk);

    /// <summary>Reads one value and writes it as JSON.</summary>
    /// <exception cref="AvroFormatException">It is not what the schema says.</exception>
    public abstract void WriteJson(ref AvroReader reader, ref AvroToJson to);
}
