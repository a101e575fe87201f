using Headwater.Core.Avro;

namespace Headwater.Core.Schemas.Json;

/// <summary>Reads the keys of one encoded map and sees that none comes twice. The common map of one key costs nothing.</summary>
internal ref struct MapKeys
{
    private ReadOnlySpan<byte> _first;
    private DistinctNames _names;
    private int _count;

    /// <exception cref="AvroFormatException">The key came before, or is no string.</exception>
    public ReadOnlySpan<byte> Read(scoped ref AvroReader reader)
    {
        long start = reader.Position;
        ReadOnlySpan<byte> key = reader.ReadUtf8();
        if (_count++ == 0)
            _first = key;
        else if ((_count == 2 && !_names.Add(_first)) || !_names.Add(key))
            throw new AvroFormatException("a map has the same key twice", start);
        return key;
    }

    public void Dispose() => _names.Dispose();
}
