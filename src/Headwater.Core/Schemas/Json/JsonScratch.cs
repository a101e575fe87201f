using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Headwater.Core.Schemas.Json;

/// <summary>A JSON writer for a value whose final form is not yet decided. Each thread keeps one instance for reuse.</summary>
internal sealed class JsonScratch : IDisposable
{
    private const int MostKeptBytes = 64 * 1024;

    [ThreadStatic]
    private static JsonScratch? _kept;

    private readonly ArrayBufferWriter<byte> _buffer = new();
    private readonly JavaScriptEncoder? _encoder;

    private JsonScratch(JavaScriptEncoder? encoder)
    {
        _encoder = encoder;
        Json = new Utf8JsonWriter(_buffer, new JsonWriterOptions { Encoder = encoder, SkipValidation = true });
    }

    public Utf8JsonWriter Json { get; }

    /// <summary>Rents an empty instance with the escaping rules of the given writer.</summary>
    public static JsonScratch Rent(Utf8JsonWriter like)
    {
        JsonScratch? kept = _kept;
        _kept = null;
        return kept is not null && ReferenceEquals(kept._encoder, like.Options.Encoder) ? kept : new JsonScratch(like.Options.Encoder);
    }

    public ReadOnlyMemory<byte> Written()
    {
        Json.Flush();
        return _buffer.WrittenMemory;
    }

    public void Dispose()
    {
        if (_buffer.Capacity > MostKeptBytes)
        {
            Json.Dispose();
            return;
        }

        Json.Reset();
        _buffer.ResetWrittenCount();
        _kept = this;
    }
}
