using Headwater.Core.Avro;

namespace Headwater.Core.Segments;

/// <summary>Reads the headers of an event in stored order. <see cref="EventEnumerator"/> has checked their bytes.</summary>
public ref struct HeaderEnumerator
{
    private AvroReader _reader;
    private int _left;

    internal HeaderEnumerator(ReadOnlySpan<byte> bytes) => _reader = new AvroReader(bytes);

    /// <summary>The header that the last <see cref="MoveNext"/> read.</summary>
    public EventHeader Current { get; private set; }

    /// <summary>Returns this enumerator, for <c>foreach</c>.</summary>
    public readonly HeaderEnumerator GetEnumerator() => this;

    /// <summary>Reads the next header.</summary>
    /// <returns>False after the last header.</returns>
    public bool MoveNext()
    {
        if (_left == 0)
        {
            if (_reader.Remaining == 0)
            {
                return false;
            }

            _left = _reader.ReadBlock(EventLayout.MinHeaderBytes).Count;
            if (_left == 0)
            {
                return false;
            }
        }

        _left--;
        Current = new EventHeader(_reader.ReadUtf8(), _reader.ReadUtf8());
        return true;
    }
}
