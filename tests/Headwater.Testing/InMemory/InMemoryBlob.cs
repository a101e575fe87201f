using Headwater.Log.Ports;

namespace Headwater.Testing;

/// <summary>One stored blob. Not thread-safe: <see cref="InMemoryBlobs"/> holds its lock around every use.</summary>
internal sealed class InMemoryBlob(bool append, string etag, DateTimeOffset modified)
{
    private byte[] _bytes = [];

    public bool IsAppendBlob { get; } = append;

    public int Length { get; private set; }

    public int Blocks { get; private set; }

    public bool Sealed { get; set; }

    public string ETag { get; private set; } = etag;

    public DateTimeOffset Modified { get; private set; } = modified;

    public ReadOnlySpan<byte> Content => _bytes.AsSpan(0, Length);

    public void Append(ReadOnlySpan<byte> data, string etag, DateTimeOffset modified)
    {
        int end = checked(Length + data.Length);
        if (_bytes.Length < end)
        {
            Array.Resize(ref _bytes, Math.Max(end, (int)Math.Min(_bytes.Length * 2L, Array.MaxLength)));
        }

        data.CopyTo(_bytes.AsSpan(Length));
        Length = end;
        Blocks += IsAppendBlob ? 1 : 0;
        ETag = etag;
        Modified = modified;
    }

    public BlobItem Item(string name) => new(name, Length, Sealed, Modified, ETag);
}
