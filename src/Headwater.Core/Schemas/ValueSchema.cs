using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using System.Text.Json;
using Headwater.Core.Avro;
using Headwater.Core.Schemas.Compilation;
using Headwater.Core.Schemas.Json;
using Headwater.Core.Schemas.Nodes;

namespace Headwater.Core.Schemas;

/// <summary>
/// The schema of an event's value, compiled once. Stored, a value is a union: null (a tombstone) first, then the stream's own
/// schema, or its branches when it is a union itself. Immutable and thread-safe; touches no storage.
/// </summary>
public sealed class ValueSchema
{
    private const int NullBranch = 0;
    private const int BytesBranch = 1;

    private readonly SchemaNode _own;
    private readonly UnionNode _stored;

    private ValueSchema(string? verbatim, JsonElement text, bool isNew)
    {
        global::Avro.Schema skeleton = SchemaSkeleton.Parse(text);
        Verbatim = verbatim;
        CanonicalForm = global::Avro.SchemaNormalization.ToParsingForm(skeleton);
        Fingerprint = (ulong)global::Avro.SchemaNormalization.ParsingFingerprint64(skeleton);
        EventSchema = EventSchemaText.Around(text);
        _own = SchemaCompiler.Compile(text, skeleton, isNew);
        SchemaNode[] branches = _own is UnionNode union ? union.Branches.ToArray() : [_own];
        AcceptsNull = branches.Any(branch => branch is NullNode);
        _stored = new UnionNode([SchemaCompiler.Null, .. branches.Where(branch => branch is not NullNode)], wraps: _own is UnionNode);
        _stored.Complete();
    }

    /// <summary>Streams without a schema: the value is null, or the bytes of a JSON text or of anything else.</summary>
    public static ValueSchema Bytes { get; } = OfBytes();

    /// <summary>The text the schema was given as; null for <see cref="Bytes"/>.</summary>
    public string? Verbatim { get; }

    /// <summary>The full name of a record, enum or fixed; else the name of the type.</summary>
    public string FullName => _own.Name;

    /// <summary>The parsing canonical form (Avro specification), without docs, defaults and logical types.</summary>
    public string CanonicalForm { get; }

    /// <summary>CRC-64-AVRO of the canonical form.</summary>
    public ulong Fingerprint { get; }

    /// <summary>Whether null is a value of the stream's own schema, and not only a tombstone.</summary>
    public bool AcceptsNull { get; }

    /// <summary>The schema of a stored event (record HeadwaterEvent) as JSON: what a segment's header carries.</summary>
    public string EventSchema { get; }

    /// <summary>Reads a schema that a stream has, or that a file was written with: all that any version has accepted for a stream.</summary>
    /// <param name="avroSchemaJson">At most 256 KiB of JSON, at most 60 levels deep.</param>
    /// <exception cref="SchemaException">Not an Avro schema, or not one a stream can have; the message says where and why.</exception>
    public static ValueSchema Parse(string avroSchemaJson)
    {
        using JsonDocument document = SchemaText.Parse(avroSchemaJson);
        return new ValueSchema(avroSchemaJson, document.RootElement, isNew: false);
    }

    /// <summary>
    /// Reads a schema that a stream is to have from now on. Beyond <see cref="Parse"/>, other Avro implementations must open a file with it, and every default must fit its logical type.
    /// </summary>
    /// <param name="avroSchemaJson">At most 256 KiB of JSON, at most 60 levels deep.</param>
    /// <exception cref="SchemaException">Not an Avro schema, or not one a new stream can have; the message says where and why.</exception>
    public static ValueSchema ParseNew(string avroSchemaJson)
    {
        using JsonDocument document = SchemaText.Parse(avroSchemaJson);
        var schema = new ValueSchema(avroSchemaJson, document.RootElement, isNew: true);
        PortableSchema.Check(document.RootElement);
        return schema;
    }

    /// <summary>Whether values written with a schema are, byte for byte, values of this one: the parsing canonical forms are equal.</summary>
    /// <param name="writerSchemaJson">The writer's schema.</param>
    /// <param name="difference">
    /// Where the writer's schema states a logical type that this one does not have there, and what both state; null if there is no such place. The canonical form leaves logical
    /// types out, so bytes that are the same may still mean something else. A writer that states none is taken to mean what this schema states.
    /// </param>
    /// <exception cref="SchemaException">The text is not a schema.</exception>
    public bool SameAs(string writerSchemaJson, out string? difference)
    {
        difference = null;
        using JsonDocument document = SchemaText.Parse(writerSchemaJson);
        global::Avro.Schema skeleton = SchemaSkeleton.Parse(document.RootElement);
        if (global::Avro.SchemaNormalization.ToParsingForm(skeleton) != CanonicalForm)
            return false;
        difference = LogicalDifference.Find(_own, SchemaCompiler.Compile(document.RootElement, skeleton, isNew: false));
        return true;
    }

    /// <summary>Writes a JSON value as the value of an event. JSON null is a tombstone whatever the schema says.</summary>
    /// <returns>
    /// Null when the value fits; else the first place where it does not, and what was written is to be thrown away.
    /// Nothing but a mismatch allocates, except for decimals beyond 38 digits and unions of types that look alike in JSON.
    /// </returns>
    public ValueMismatch? TryWriteJson(JsonElement value, IBufferWriter<byte> output)
    {
        if (value.ValueKind == JsonValueKind.Null)
        {
            WriteNull(output);
            return null;
        }

        if (Verbatim is null)
            return TryWriteRaw(value, output);
        var walk = new JsonToAvro(value, output);
        try
        {
            return _stored.TryWrite(value, ref walk) ? null : walk.Mismatch;
        }
        finally
        {
            walk.Dispose();
        }
    }

    /// <summary>Writes a tombstone.</summary>
    [SuppressMessage("Performance", "CA1822:Mark members as static", Justification = "The null of this schema's union.")]
    public void WriteNull(IBufferWriter<byte> output) => output.WriteUnionIndex(NullBranch);

    /// <summary>Writes a value of <see cref="Bytes"/>.</summary>
    public void WriteBytes(ReadOnlySpan<byte> value, IBufferWriter<byte> output)
    {
        RequireBytes();
        output.WriteUnionIndex(BytesBranch);
        output.WriteBytes(value);
    }

    /// <summary>Skips the stored value of an event and checks its structure and limits.</summary>
    /// <exception cref="AvroFormatException">It is not what the schema says.</exception>
    public void Skip(ref AvroReader reader) => Skip(ref reader, default);

    /// <summary>Skips the value of an event that a producer sends in stored form; it must also fit its logical types.</summary>
    /// <exception cref="AvroFormatException">It is not what the schema says.</exception>
    public void SkipInput(ref AvroReader reader) => Skip(ref reader, AvroWalk.OfInput);

    /// <summary>Reads the value of an event and writes it as JSON; a tombstone as null, a value of <see cref="Bytes"/> as base64.</summary>
    /// <exception cref="AvroFormatException">It is not what the schema says; part of it may have been written.</exception>
    public void WriteJson(ref AvroReader reader, Utf8JsonWriter json)
    {
        AvroReader ahead = reader;
        var walk = new AvroToJson(json);
        _stored.WriteJson(ref ahead, ref walk);
        reader.Skip(ahead.Consumed - reader.Consumed);
    }

    /// <summary>Reads the value of an event of <see cref="Bytes"/>; empty for a tombstone.</summary>
    /// <exception cref="AvroFormatException">It is no such value.</exception>
    public ReadOnlySpan<byte> ReadBytes(ref AvroReader reader, out bool isNull)
    {
        RequireBytes();
        isNull = reader.ReadUnionIndex(BytesBranch + 1) == NullBranch;
        return isNull ? default : reader.ReadBytes();
    }

    /// <summary>Reads a value as a container file written with the stream's own schema holds it, checks it, and writes it as the value of an event.</summary>
    /// <exception cref="AvroFormatException">It is not what the schema says; part of it may have been written.</exception>
    public void CopyValue(ref AvroReader reader, IBufferWriter<byte> output)
    {
        SchemaNode value = _own;
        if (value is UnionNode union)
            value = union.Branches[reader.ReadUnionIndex(union.Branches.Length)];
        output.WriteUnionIndex(_stored.Branches.IndexOf(value));
        AvroReader ahead = reader;
        AvroWalk walk = AvroWalk.OfInput;
        value.Skip(ref ahead, ref walk);
        output.Write(reader.ReadFixed(ahead.Consumed - reader.Consumed));
    }

    private void Skip(ref AvroReader reader, AvroWalk walk)
    {
        // On a copy: what a reader counts of items without bytes is meant for one value, and a block holds many.
        AvroReader ahead = reader;
        _stored.Skip(ref ahead, ref walk);
        reader.Skip(ahead.Consumed - reader.Consumed);
    }

    private static ValueSchema OfBytes()
    {
        using JsonDocument document = JsonDocument.Parse("\"bytes\"");
        return new ValueSchema(null, document.RootElement, isNew: false);
    }

    private static ValueMismatch? TryWriteRaw(JsonElement value, IBufferWriter<byte> output)
    {
        ReadOnlySpan<byte> raw = JsonMarshal.GetRawUtf8Value(value);
        if (!JsonText.IsWellFormed(raw))
            return new ValueMismatch("", "a string that is not valid Unicode: half a surrogate pair, or not UTF-8");
        output.WriteUnionIndex(BytesBranch);
        output.WriteBytes(raw);
        return null;
    }

    private void RequireBytes()
    {
        if (Verbatim is not null)
            throw new InvalidOperationException("The stream has a schema.");
    }
}
