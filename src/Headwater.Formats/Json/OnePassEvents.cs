using System.Text.Json;
using Headwater.Contracts.Text;
using Headwater.Core.Positions;
using Headwater.Core.Schemas;
using Headwater.Core.Segments;
using Headwater.Formats.Incoming;

namespace Headwater.Formats.Json;

/// <summary>Encodes <c>{"key","value","headers","time"}</c> objects while a reader passes over them.</summary>
/// <param name="into">Receives the events.</param>
internal sealed class OnePassEvents(IncomingEvents into) : IDisposable
{
    /// <summary>A longer event is left to the readers of documents, which count its tokens.</summary>
    private const int MaxEventBytes = 64 * 1024;

    private readonly ValueEncoder _value = new();
    private readonly OnePassHeaders _headers = new();
    private int _valueStart;
    private int _valueEnd;

    /// <summary>Adds the event that the reader is at.</summary>
    /// <param name="reader">At the beginning of the event, and at its end if the result is true.</param>
    /// <param name="text">What the reader reads.</param>
    /// <returns>False if the event was not added.</returns>
    /// <exception cref="JsonException">The text is not JSON.</exception>
    public bool TryAdd(ref Utf8JsonReader reader, ReadOnlySpan<byte> text)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            return false;
        }

        long start = reader.TokenStartIndex;
        var seen = Members.None;
        _headers.Clear();
        bool hasKey = false;
        ReadOnlySpan<byte> key = default;
        UnixMicros? time = null;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            Members member = MemberOf(ref reader);
            if (member == Members.None || (seen & member) != 0)
            {
                return false;
            }

            seen |= member;
            reader.Read();
            bool read = member switch
            {
                Members.Value => TryValue(ref reader, text),
                Members.Key => IsKey(in reader),
                Members.Time => TryTime(ref reader, out time),
                _ => _headers.TryRead(ref reader),
            };
            if (!read)
            {
                return false;
            }

            if (member == Members.Key && reader.TokenType == JsonTokenType.String)
            {
                hasKey = true;
                key = reader.ValueSpan;
            }
        }

        return (seen & Members.Value) != 0
            && reader.BytesConsumed - start <= MaxEventBytes
            && into.TryAdd(
                new EventParts { HasKey = hasKey, Key = key, Time = time, HeaderCount = _headers.Count, Headers = _headers.Written },
                _value.Written,
                text[_valueStart.._valueEnd]);
    }

    /// <summary>Returns the memory to the pool.</summary>
    public void Dispose()
    {
        _value.Dispose();
        _headers.Dispose();
    }

    private bool TryValue(ref Utf8JsonReader reader, ReadOnlySpan<byte> text)
    {
        _valueStart = (int)reader.TokenStartIndex;
        bool written = _value.TryEncode(into.Schema, ref reader, text);
        _valueEnd = (int)reader.BytesConsumed;
        return written;
    }

    private static Members MemberOf(ref Utf8JsonReader reader)
    {
        ReadOnlySpan<byte> name = reader.ValueSpan;
        return reader.ValueIsEscaped ? Members.None
            : name.SequenceEqual("value"u8) ? Members.Value
            : name.SequenceEqual("key"u8) ? Members.Key
            : name.SequenceEqual("time"u8) ? Members.Time
            : name.SequenceEqual("headers"u8) ? Members.Headers
            : Members.None;
    }

    private static bool IsKey(ref readonly Utf8JsonReader reader) =>
        reader.TokenType == JsonTokenType.Null || (reader.TokenType == JsonTokenType.String && !reader.ValueIsEscaped);

    private static bool TryTime(ref Utf8JsonReader reader, out UnixMicros? time)
    {
        time = null;
        if (reader.TokenType == JsonTokenType.Null)
        {
            return true;
        }

        if (reader.TokenType != JsonTokenType.String || reader.ValueIsEscaped || !Instants.TryParse(reader.GetString()!, out UnixMicros instant))
        {
            return false;
        }

        time = instant;
        return true;
    }

    [Flags]
    private enum Members
    {
        None = 0,
        Value = 1,
        Key = 2,
        Time = 4,
        Headers = 8,
    }
}
