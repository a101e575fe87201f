using System.Buffers;
using System.Text.Json;
using Headwater.Core.Avro;

namespace Headwater.Core.Schemas;

/// <summary>The schema of an event's value, compiled once; immutable and thread-safe. (Surface only; the compiler follows.)</summary>
public sealed class ValueSchema
{
    private ValueSchema(string? verbatim) => Verbatim = verbatim;

    /// <summary>Streams without a schema: the value is null or bytes.</summary>
    public static ValueSchema Bytes { get; } = new(null);

    /// <summary>The text given; null for <see cref="Bytes"/>.</summary>
    public string? Verbatim { get; }

    public string FullName => throw new NotSupportedException();

    public string CanonicalForm => throw new NotSupportedException();

    public ulong Fingerprint => throw new NotSupportedException();

    public bool AcceptsNull => throw new NotSupportedException();

    public string EventSchema => throw new NotSupportedException();

    /// <exception cref="SchemaException">Not an Avro schema, or one a stream cannot have.</exception>
    public static ValueSchema Parse(string avroSchemaJson) => new(avroSchemaJson);

    public bool SameAs(string writerSchemaJson) => throw new NotSupportedException(writerSchemaJson + Verbatim);

    public ValueMismatch? TryWriteJson(JsonElement value, IBufferWriter<byte> output) => throw new NotSupportedException(Verbatim);

    public void WriteNull(IBufferWriter<byte> output) => throw new NotSupportedException(Verbatim);

    public void Skip(ref AvroReader reader) => throw new NotSupportedException(Verbatim);

    public void WriteJson(ref AvroReader reader, Utf8JsonWriter json) => throw new NotSupportedException(Verbatim);

    /// <summary>A value of <see cref="Bytes"/>.</summary>
    public ReadOnlySpan<byte> ReadBytes(ref AvroReader reader, out bool isNull) => throw new NotSupportedException(Verbatim);

    /// <summary>Reads one value written with the stream's own schema (as a container file holds it) and writes it as an event's value.</summary>
    public void CopyValue(ref AvroReader reader, IBufferWriter<byte> output) => throw new NotSupportedException(Verbatim);
}
