using System.Text.Json;
using Headwater.Core.Avro;
using Headwater.Core.Segments;
using Headwater.Log.Append;
using Headwater.Log.Model;

namespace Headwater.Formats.Json;

/// <summary>The headers of one event, encoded while a reader passes over them. Reused for every event of a request.</summary>
internal sealed class OnePassHeaders : IDisposable
{
    private PooledBuffer? _encoded;
    private int[] _ends = [];

    /// <summary>The number of headers.</summary>
    public int Count { get; private set; }

    /// <summary>Each header's name and value as Avro strings.</summary>
    public ReadOnlySpan<byte> Written => _encoded is null ? default : _encoded.Written;

    /// <summary>Removes all headers.</summary>
    public void Clear()
    {
        Count = 0;
        _encoded?.Truncate(0);
    }

    /// <summary>Reads null or an object of strings without escapes.</summary>
    /// <returns>False if it is anything else, or one of the headers is not for producers to send.</returns>
    /// <exception cref="JsonException">The text is not JSON.</exception>
    public bool TryRead(ref Utf8JsonReader reader)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            return reader.TokenType == JsonTokenType.Null;
        }

        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            ReadOnlySpan<byte> name = reader.ValueSpan;
            if (reader.ValueIsEscaped || Count == Limits.HeadersPerEvent || JsonMark.IsReserved(name) || IsKnown(name))
            {
                return false;
            }

            reader.Read();
            if (reader.TokenType != JsonTokenType.String || reader.ValueIsEscaped || Written.Length + name.Length + reader.ValueSpan.Length > Limits.HeaderBytes)
            {
                return false;
            }

            Add(name, reader.ValueSpan);
        }

        return true;
    }

    /// <summary>Returns the memory to the pool.</summary>
    public void Dispose() => _encoded?.Dispose();

    private void Add(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        _encoded ??= new PooledBuffer();
        if (_ends.Length == 0)
        {
            _ends = new int[Limits.HeadersPerEvent];
        }

        _encoded.WriteUtf8(name);
        _encoded.WriteUtf8(value);
        _ends[Count++] = _encoded.Length;
    }

    private bool IsKnown(ReadOnlySpan<byte> name)
    {
        int start = 0;
        for (int i = 0; i < Count; i++)
        {
            var header = new AvroReader(Written[start.._ends[i]]);
            if (header.ReadUtf8().SequenceEqual(name))
            {
                return true;
            }

            start = _ends[i];
        }

        return false;
    }
}
