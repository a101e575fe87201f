using Headwater.Core.Avro;

namespace Headwater.Core.Schemas.Json;

/// <summary>Reads the keys of one encoded map and rejects duplicates. A map with one key needs no memory.</summary>
internal ref struct MapKeys
{
    private ReadOnlySpan<byte> _first;
    private DistinctNames _names;
    private int _count;

    /// <exception cref="AvroFormatException">The key is a duplicate, or not a string.</exception>
    public ReadOnlySpan<byte> Read(scoped ref AvroReader reader)
    {
        long start = reader.Position;
        ReadOnlySpan<byte> key = reader.ReadUtf8();
        if (_count++ == 0)
        {
            _first = key;
        }
        else if ((_count == 2 && !_names.Add(_first)) || !_names.Add(key))
        {
            throw new AvroFormatException("a map has the same key twice", start);
        }

        return key;
    }

    public void Dispose() => _names.Dispose();
}
