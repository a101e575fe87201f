using Headwater.Core.Avro;

namespace Headwater.Core.Segments;

/// <summary>Walks the headers of an event, whose bytes have been checked, in stored order.</summary>
public ref struct HeaderEnumerator
{
    private AvroReader _reader;
    private int _left;

    internal HeaderEnumerator(ReadOnlySpan<byte> bytes) => _reader = new AvroReader(bytes);

    public EventHeader Current { get; private set; }

    public readonly HeaderEnumerator GetEnumerator() => this;

    public bool MoveNext()
    {
        if (_left == 0)
        {
            if (_reader.Remaining == 0)
                return false;
            _left = _reader.ReadBlock(EventLayout.MinHeaderBytes).Count;
            if (_left == 0)
                return false;
        }

        _left--;
        Current = new EventHeader(_reader.ReadUtf8(), _reader.ReadUtf8());
        return true;
    }
}
