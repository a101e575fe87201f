using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using System.Text.Json;
using Headwater.Core.Avro;
using Headwater.Core.Memory;
using Headwater.Core.Schemas.Compilation;
using Headwater.Core.Schemas.Json;
using Headwater.Core.Schemas.Nodes;

namespace Headwater.Core.Schemas;

/// <summary>
/// The compiled schema of an event's value. The stored value is a union of null (a tombstone) and the stream's own schema; if that is
/// itself a union, its branches follow null. Immutable and thread-safe. Makes no storage call.
/// </summary>
public sealed class ValueSchema
{
    private const int NullBranch = 0;
    private const int BytesBranch = 1;

    /// <summary>A text is gathered in a buffer that doubles, copied once, and parsed to 12 bytes a token in an array that doubles.</summary>
    private const int GatheredCopies = 8;

    /// <summary>A value whose text is certainly shorter is not measured.</summary>
    private const int MeasuredFrom = 64 * 1024;

    private readonly SchemaNode _own;
    private readonly UnionNode _stored;
    private readonly JsonSize _json;
    private readonly SkipPlan? _skipping;

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
        _stored = new UnionNode([SchemaCompiler.Null, .. branches.Where(branch => branch is not NullNode)], wraps: _own is UnionNode, namesNull: AcceptsNull);
        _stored.Complete();
        _json = new JsonSize(_stored);
        _skipping = SkipPlanCompiler.Of(_stored);
    }

    /// <summary>The schema of streams without a schema: the value is null or bytes, for example of a JSON text.</summary>
    public static ValueSchema Bytes { get; } = OfBytes();

    /// <summary>The text passed to <see cref="Parse"/>; null for <see cref="Bytes"/>.</summary>
    public string? Verbatim { get; }

    /// <summary>The full name of a record, enum or fixed; otherwise the name of the type.</summary>
    public string FullName => _own.Name;

    /// <summary>The parsing canonical form (Avro specification 1.12), which omits docs, defaults and logical types.</summary>
    public string CanonicalForm { get; }

    /// <summary>The CRC-64-AVRO fingerprint of the canonical form (Avro specification 1.12, "Schema Fingerprints").</summary>
    public ulong Fingerprint { get; }

    /// <summary>Whether the stream's own schema contains null.</summary>
    public bool AcceptsNull { get; }

    /// <summary>The schema of a stored event (record HeadwaterEvent) as JSON, as in the segment header.</summary>
    public string EventSchema { get; }

    /// <summary>Whether <see cref="WriteJson"/> gathers text of some values, because a union has types of the same JSON shape.</summary>
    public bool GathersText => _json.Gathers;

    /// <summary>Reads a schema that a stream has, or that a file was written with: all that any version has accepted for a stream.</summary>
    /// <param name="avroSchemaJson">At most 256 KiB of JSON, at most 60 levels deep.</param>
    /// <exception cref="SchemaException">Not an Avro schema, or not one a stream can have; the message says where and why.</exception>
    public static ValueSchema Parse(string avroSchemaJson)
    {
        using JsonDocument document = SchemaText.Parse(avroSchemaJson);
        return new ValueSchema(avroSchemaJson, document.RootElement, isNew: false);
    }

    /// <summary>
    /// Reads a schema that a stream is to have from now on. Beyond <see cref="Parse"/>, other Avro implementations must open a file with it, and
    /// every default must fit its logical type.
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
    /// Where the writer's schema states a logical type that this one does not have there, and what both state; null if there is no such place. The
    /// canonical form leaves logical
    /// types out, so bytes that are the same may still mean something else. A writer that states none is taken to mean what this schema states.
    /// </param>
    /// <exception cref="SchemaException">The text is not a schema.</exception>
    public bool SameAs(string writerSchemaJson, out string? difference)
    {
        difference = null;
        using JsonDocument document = SchemaText.Parse(writerSchemaJson);
        global::Avro.Schema skeleton = SchemaSkeleton.Parse(document.RootElement);
        if (global::Avro.SchemaNormalization.ToParsingForm(skeleton) != CanonicalForm)
        {
            return false;
        }

        difference = LogicalDifference.Find(_own, SchemaCompiler.Compile(document.RootElement, skeleton, isNew: false));
        return true;
    }

    /// <summary>
    /// Encodes a JSON value as the value of an event. JSON null is a tombstone in every schema. Allocates only for a mismatch, a decimal of
    /// more than 38 digits, and a union of types that have the same JSON shape.
    /// </summary>
    /// <param name="value">The JSON value.</param>
    /// <param name="output">Receives the value as Avro binary. After a mismatch, the caller discards what was written.</param>
    /// <param name="budget">Charged for what the choice between types of the same JSON shape remembers, until this returns. Null: not charged.</param>
    /// <returns>Null if the value fits the schema, otherwise the first mismatch.</returns>
    public ValueMismatch? TryWriteJson(JsonElement value, IBufferWriter<byte> output, IMemoryBudget? budget = null)
    {
        if (value.ValueKind == JsonValueKind.Null)
        {
            WriteNull(output);
            return null;
        }

        if (Verbatim is null)
        {
            return TryWriteRaw(value, output);
        }

        var walk = new JsonToAvro(value, output, budget: budget);
        try
        {
            return _stored.TryWrite(value, ref walk) ? null : walk.Mismatch;
        }
        finally
        {
            walk.Dispose();
        }
    }

    /// <summary>Encodes the value that a reader is at; <see cref="ValueEncoder"/> has the contract.</summary>
    internal bool TryWriteNext(ref JsonInput from) => Verbatim is not null && _stored.TryWriteNext(ref from);

    /// <summary>Writes a tombstone: 1 byte.</summary>
    [SuppressMessage("Performance", "CA1822:Mark members as static", Justification = "The null of this schema's union.")]
    public void WriteNull(IBufferWriter<byte> output) => output.WriteUnionIndex(NullBranch);

    /// <summary>Writes bytes as a value of <see cref="Bytes"/>.</summary>
    /// <exception cref="InvalidOperationException">This is not <see cref="Bytes"/>.</exception>
    public void WriteBytes(ReadOnlySpan<byte> value, IBufferWriter<byte> output)
    {
        RequireBytes();
        output.WriteUnionIndex(BytesBranch);
        output.WriteBytes(value);
    }

    /// <summary>
    /// Whether the JSON form of a value takes at most a number of bytes. Every byte of a text counts as escaped and a name as at most 1,024 bytes. A value that
    /// is small for its schema is not read.
    /// </summary>
    /// <param name="storedValue">Branch index and value, which fit the schema.</param>
    /// <param name="limit">The bytes of JSON.</param>
    public bool FitsJson(ReadOnlySpan<byte> storedValue, long limit) => _json.AtMost(storedValue.Length) <= limit || Measure(storedValue) <= limit;

    /// <summary>The most bytes that the JSON form of a value of some length takes, without a look at the value.</summary>
    /// <param name="storedBytes">The bytes of the branch index and the value.</param>
    public long JsonBytesAtMost(int storedBytes) => _json.AtMost(storedBytes);

    /// <summary>The most bytes that the JSON form of a value takes. Every byte of a text counts as escaped and a name as at most 1,024 bytes.</summary>
    /// <param name="storedValue">Branch index and value, which fit the schema.</param>
    public long JsonBytes(ReadOnlySpan<byte> storedValue) => Measure(storedValue);

    /// <summary>
    /// The memory that <see cref="WriteJson"/> takes for a value, beside what it writes: 0 unless <see cref="GathersText"/>.
    /// </summary>
    /// <param name="storedValue">Branch index and value, which fit the schema.</param>
    public long GatheredBytes(ReadOnlySpan<byte> storedValue)
    {
        if (!_json.Gathers)
        {
            return 0;
        }

        long atMost = _json.AtMost(storedValue.Length);
        return GatheredCopies * (atMost <= MeasuredFrom ? atMost : Measure(storedValue));
    }

    /// <summary>Skips the stored value of an event and checks its structure and limits.</summary>
    /// <exception cref="AvroFormatException">It is not what the schema says.</exception>
    public void Skip(ref AvroReader reader)
    {
        int length = _skipping?.Skip(reader.Rest, 0) ?? -1;
        if (length >= 0)
        {
            reader.Skip(length);
        }
        else
        {
            Skip(ref reader, default);
        }
    }

    /// <summary>Skips the value of an event that a producer sends in stored form; it must also fit its logical types.</summary>
    /// <exception cref="AvroFormatException">It is not what the schema says.</exception>
    public void SkipInput(ref AvroReader reader) => Skip(ref reader, AvroWalk.OfInput);

    /// <summary>Reads the value of an event and writes it as JSON: a tombstone as null, a value of <see cref="Bytes"/> as base64.</summary>
    /// <exception cref="AvroFormatException">The value does not match the schema; part of it may have been written.</exception>
    public void WriteJson(ref AvroReader reader, Utf8JsonWriter json)
    {
        AvroReader ahead = reader;
        var walk = new AvroToJson(json);
        _stored.WriteJson(ref ahead, ref walk);
        reader.Skip(ahead.Consumed - reader.Consumed);
    }

    /// <summary>Reads a value of <see cref="Bytes"/>. The span points into the reader's data.</summary>
    /// <param name="reader">The reader, at the value.</param>
    /// <param name="isNull">Whether the value is a tombstone; the span is then empty.</param>
    /// <exception cref="AvroFormatException">The value is neither null nor bytes.</exception>
    /// <exception cref="InvalidOperationException">This is not <see cref="Bytes"/>.</exception>
    public ReadOnlySpan<byte> ReadBytes(ref AvroReader reader, out bool isNull)
    {
        RequireBytes();
        isNull = reader.ReadUnionIndex(BytesBranch + 1) == NullBranch;
        return isNull ? default : reader.ReadBytes();
    }

    /// <summary>Copies a value encoded with the stream's own schema, as in a client's container file, to the value of an event, and checks it.</summary>
    /// <exception cref="AvroFormatException">The value does not match the schema; part of it may have been written.</exception>
    public void CopyValue(ref AvroReader reader, IBufferWriter<byte> output)
    {
        SchemaNode value = _own;
        if (value is UnionNode union)
        {
            value = union.Branches[reader.ReadUnionIndex(union.Branches.Length)];
        }

        output.WriteUnionIndex(_stored.Branches.IndexOf(value));
        AvroReader ahead = reader;
        AvroWalk walk = AvroWalk.OfInput;
        value.Skip(ref ahead, ref walk);
        output.Write(reader.ReadFixed(ahead.Consumed - reader.Consumed));
    }

    private long Measure(ReadOnlySpan<byte> storedValue)
    {
        var reader = new AvroReader(storedValue);
        return _json.Of(ref reader);
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
        {
            return new ValueMismatch("", "a string is not valid Unicode: it contains an unpaired surrogate or is not UTF-8");
        }

        output.WriteUnionIndex(BytesBranch);
        output.WriteBytes(raw);
        return null;
    }

    private void RequireBytes()
    {
        if (Verbatim is not null)
        {
            throw new InvalidOperationException("Raw bytes need a stream without a schema.");
        }
    }
}
