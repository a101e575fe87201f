using System.Buffers;
using System.Text.Json;
using Headwater.Contracts.Json;
using Headwater.Core.Avro;
using Headwater.Core.Schemas;
using Headwater.Core.Segments;

namespace Headwater.Client;

/// <summary>Reads the stored values of one schema. Thread-safe.</summary>
internal abstract class StoredValues<T>
{
    /// <summary>Reads the value of an event that is not a tombstone.</summary>
    /// <exception cref="AvroFormatException">The value is not one of the schema.</exception>
    public abstract T Read(in DecodedEvent stored);

    /// <summary>The fastest way to read values of a type by a schema.</summary>
    public static StoredValues<T> Of(ValueSerializer<T> values, ValueSchema schema) =>
        PlannedStoredValues<T>.TryMake(values, schema) ?? new JsonStoredValues<T>(values, schema);
}

/// <summary>Values are written as the JSON that the API answers, and read from it. Takes every type and schema.</summary>
internal sealed class JsonStoredValues<T>(ValueSerializer<T> values, ValueSchema schema) : StoredValues<T>
{
    [ThreadStatic]
    private static JsonText? _text;

    public override T Read(in DecodedEvent stored)
    {
        JsonText text = _text ??= new JsonText();
        var reader = new AvroReader(stored.Value);
        if (schema.Verbatim is not null)
        {
            schema.WriteJson(ref reader, text.Begin());
            return values.Read(text.End());
        }

        ReadOnlySpan<byte> bytes = schema.ReadBytes(ref reader, out _);
        if (StoredHeaders.IsJson(stored) && IsJson(bytes))
        {
            return values.Read(bytes);
        }

        text.Begin().WriteBase64StringValue(bytes);
        return values.Read(text.End());
    }

    /// <summary>Binary values can have the header of JSON values too.</summary>
    private static bool IsJson(ReadOnlySpan<byte> bytes)
    {
        try
        {
            var reader = new Utf8JsonReader(bytes, new JsonReaderOptions { MaxDepth = 1_000 });
            while (reader.Read())
            {
                // Only whether it is JSON counts.
            }

            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    /// <summary>One JSON text at a time, in memory that is used again.</summary>
    private sealed class JsonText : IDisposable
    {
        private const int KeptBytes = 1 << 20;

        private ArrayBufferWriter<byte> _buffer = new(4096);

        private Utf8JsonWriter? _json;

        public Utf8JsonWriter Begin()
        {
            if (_buffer.Capacity > KeptBytes)
            {
                _buffer = new ArrayBufferWriter<byte>(4096);
                _json?.Reset(_buffer);
            }

            _buffer.ResetWrittenCount();
            if (_json is null)
            {
                return _json = new Utf8JsonWriter(_buffer, WireJson.WriterOptions);
            }

            _json.Reset(_buffer);
            return _json;
        }

        public void Dispose() => _json?.Dispose();

        public ReadOnlySpan<byte> End()
        {
            _json!.Flush();
            return _buffer.WrittenSpan;
        }
    }
}
