using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Headwater.Client;

/// <summary>Writes and reads values as JSON.</summary>
/// <typeparam name="T">The type of values.</typeparam>
public abstract class ValueSerializer<T>
{
    /// <summary>How the type is mapped by System.Text.Json; null if it is not a record whose members are the fields of the stream's schema.</summary>
    public virtual JsonTypeInfo<T>? TypeInfo => null;

    /// <summary>Writes one JSON value, without line breaks between its tokens.</summary>
    public abstract void Write(Utf8JsonWriter json, T value);

    /// <summary>Reads one JSON value, which is never null.</summary>
    /// <param name="json">The value in UTF-8. Valid only during the call.</param>
    public abstract T Read(ReadOnlySpan<byte> json);
}

/// <summary>The kinds of <see cref="ValueSerializer{T}"/>.</summary>
public static class ValueSerializers
{
    /// <summary>Values as JSON in UTF-8. A value with line breaks is written without them.</summary>
    public static ValueSerializer<ReadOnlyMemory<byte>> Utf8 { get; } = new Utf8Values();

    /// <summary>Values as <see cref="JsonElement"/>.</summary>
    public static ValueSerializer<JsonElement> Element { get; } = new ElementValues();

    /// <summary>Values as a type that a source-generated context describes. Compatible with trimming and Native AOT.</summary>
    public static ValueSerializer<T> Of<T>(JsonTypeInfo<T> type) => new TypedValues<T>(type);

    /// <summary>Values as a type that is examined at run time. Member names are camelCase by default.</summary>
    /// <param name="options">Null: camelCase names.</param>
    [RequiresUnreferencedCode("Reflection finds the members of the type. Use the overload with a JsonTypeInfo in trimmed programs.")]
    [RequiresDynamicCode("Reflection makes code for the type. Use the overload with a JsonTypeInfo in programs compiled ahead of time.")]
    public static ValueSerializer<T> Reflected<T>(JsonSerializerOptions? options = null) =>
        Of((JsonTypeInfo<T>)(options ?? JsonSerializerOptions.Web).GetTypeInfo(typeof(T)));

    private sealed class Utf8Values : ValueSerializer<ReadOnlyMemory<byte>>
    {
        public override void Write(Utf8JsonWriter json, ReadOnlyMemory<byte> value)
        {
            if (!value.Span.ContainsAny((byte)'\n', (byte)'\r'))
            {
                json.WriteRawValue(value.Span);
                return;
            }

            // An event is one line of NDJSON.
            using JsonDocument parsed = JsonDocument.Parse(value);
            parsed.RootElement.WriteTo(json);
        }

        public override ReadOnlyMemory<byte> Read(ReadOnlySpan<byte> json) => json.ToArray();
    }

    private sealed class ElementValues : ValueSerializer<JsonElement>
    {
        public override void Write(Utf8JsonWriter json, JsonElement value) => value.WriteTo(json);

        public override JsonElement Read(ReadOnlySpan<byte> json)
        {
            var reader = new Utf8JsonReader(json);
            return JsonElement.ParseValue(ref reader);
        }
    }

    private sealed class TypedValues<T>(JsonTypeInfo<T> type) : ValueSerializer<T>
    {
        public override JsonTypeInfo<T> TypeInfo => type;

        public override void Write(Utf8JsonWriter json, T value) => JsonSerializer.Serialize(json, value, type);

        public override T Read(ReadOnlySpan<byte> json) =>
            JsonSerializer.Deserialize(json, type) ?? throw new JsonException("The converter of the type made null of a value.");
    }
}
