using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Headwater.Core.Avro;
using Headwater.Core.Memory;
using Headwater.Core.Segments;
using Headwater.Formats.Parsing;
using Headwater.Log.Append;

namespace Headwater.Formats.Incoming;

/// <summary>
/// The canonical body behind an Idempotency-Key: SHA-256 over, for each event in order, key, time, headers in name order, and value.
/// JSON values are hashed as tokens: strings unescaped, numbers as written, no white space. The same events have the same digest as an
/// array, as <c>{"events":…}</c> or as NDJSON, compressed or not. The order of an object's members matters.
/// Texts are preceded by their length, so that no two different requests feed the same bytes.
/// </summary>
public sealed class EventDigest : IDisposable
{
    private const byte JsonValue = 1;
    private const byte BytesValue = 2;
    private const int Bytes = 16;
    private const long NoText = -1;

    /// <summary>The hash is fed in pieces of this size, because each call costs more than the few bytes of a token.</summary>
    private const int PieceBytes = 4096;

    private readonly byte[] _piece = new byte[PieceBytes];
    private int _inPiece;

    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

    /// <summary>Adds an event.</summary>
    public void Add(in EventAttributes attributes, JsonElement value)
    {
        AddAttributes(attributes);
        AddJson(JsonMarshal.GetRawUtf8Value(value));
    }

    /// <summary>Adds an event with at most one header.</summary>
    /// <param name="parts">Beside the value.</param>
    /// <param name="value">The value's JSON text.</param>
    public void AddJson(in EventParts parts, ReadOnlySpan<byte> value)
    {
        if (parts.HasKey)
        {
            AddSized(parts.Key);
        }
        else
        {
            AddNumber(NoText);
        }

        AddNumber(parts.Time?.Value ?? long.MinValue);
        AddNumber(parts.HeaderCount);
        var headers = new AvroReader(parts.Headers);
        for (int i = 0; i < parts.HeaderCount; i++)
        {
            AddSized(headers.ReadUtf8());
            AddSized(headers.ReadUtf8());
        }

        AddJson(value);
    }

    /// <summary>Adds an event.</summary>
    public void Add(in EventAttributes attributes, ReadOnlySpan<byte> value)
    {
        AddAttributes(attributes);
        AddTag(BytesValue);
        AddSized(value);
    }

    /// <summary>Removes all events.</summary>
    public void Clear() => _ = Finish();

    /// <summary>The digest of all events added.</summary>
    public RequestDigest Finish()
    {
        Flush();
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        _hash.GetHashAndReset(hash);
        return RequestDigest.FromBytes(hash[..Bytes]);
    }

    /// <inheritdoc/>
    public void Dispose() => _hash.Dispose();

    private void AddAttributes(in EventAttributes attributes)
    {
        AddText(attributes.Key);
        AddNumber(attributes.Time?.Value ?? long.MinValue);
        AddNumber(attributes.Headers.Count);
        foreach (KeyValuePair<string, string> header in attributes.Headers.OrderBy(h => h.Key, StringComparer.Ordinal))
        {
            AddText(header.Key);
            AddText(header.Value);
        }
    }

    private void AddJson(ReadOnlySpan<byte> value)
    {
        AddTag(JsonValue);
        var reader = new Utf8JsonReader(value, new JsonReaderOptions { MaxDepth = JsonBodies.MaxDepth });
        while (reader.Read())
        {
            AddToken(ref reader);
        }
    }

    private void AddToken(ref Utf8JsonReader reader)
    {
        AddTag((byte)reader.TokenType);
        bool isText = reader.TokenType is JsonTokenType.String or JsonTokenType.PropertyName;
        if (isText && reader.ValueIsEscaped)
        {
            AddUnescaped(ref reader);
        }
        else
        {
            AddSized(reader.ValueSpan);
        }
    }

    private void AddUnescaped(ref Utf8JsonReader reader)
    {
        byte[] text = ByteArrays.Rent(reader.ValueSpan.Length);
        try
        {
            AddSized(text.AsSpan(0, reader.CopyString(text)));
        }
        catch (InvalidOperationException)
        {
            // A lone surrogate has no UTF-8 form. The request is rejected for it elsewhere, so the digest does not matter.
            AddSized(reader.ValueSpan);
        }
        finally
        {
            ByteArrays.Return(text);
        }
    }

    private void AddText(string? text)
    {
        if (text is null)
        {
            AddNumber(NoText);
            return;
        }

        byte[] utf8 = ByteArrays.Rent(Encoding.UTF8.GetMaxByteCount(text.Length));
        AddSized(utf8.AsSpan(0, Encoding.UTF8.GetBytes(text, utf8)));
        ByteArrays.Return(utf8);
    }

    private void AddSized(ReadOnlySpan<byte> bytes)
    {
        AddNumber(bytes.Length);
        Feed(bytes);
    }

    private void AddNumber(long number)
    {
        Span<byte> bytes = stackalloc byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, number);
        Feed(bytes);
    }

    private void AddTag(byte tag) => Feed([tag]);

    private void Feed(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length > PieceBytes - _inPiece)
        {
            Flush();
        }

        if (bytes.Length > PieceBytes)
        {
            _hash.AppendData(bytes);
            return;
        }

        bytes.CopyTo(_piece.AsSpan(_inPiece));
        _inPiece += bytes.Length;
    }

    private void Flush()
    {
        _hash.AppendData(_piece.AsSpan(0, _inPiece));
        _inPiece = 0;
    }
}
