namespace Headwater.Core.Schemas.Json;

/// <summary>The value of a member in a JSON text.</summary>
/// <param name="Start">Its first byte.</param>
/// <param name="Length">Its length in bytes; 0 if there is no such member.</param>
internal readonly record struct MemberPlace(int Start, int Length);

/// <summary>
/// A stack of the places of members of the records being converted, so that members may be in any order, and the number of bytes that were passed over
/// to find them. Reused for many values. Not thread-safe.
/// </summary>
internal sealed class MemberPlaces
{
    /// <summary>Bytes passed over in one value. Records in records would otherwise be passed over once a level.</summary>
    private const int MaxBytes = 2 * ValueBuffer.MaxBytes;

    private MemberPlace[] _places = [];
    private int _top;
    private int _bytes;

    public ref MemberPlace this[int index] => ref _places[index];

    /// <summary>Begins another value.</summary>
    public void Clear()
    {
        _top = 0;
        _bytes = 0;
    }

    /// <summary>Reserves places for the fields of a record.</summary>
    /// <returns>The index of the first place.</returns>
    public int Take(int count)
    {
        int start = _top;
        _top += count;
        if (_places.Length < _top)
        {
            Array.Resize(ref _places, Math.Max(_top, 2 * _places.Length));
        }

        _places.AsSpan(start, count).Clear();
        return start;
    }

    /// <summary>Releases all places from <paramref name="start"/> on.</summary>
    public void Release(int start) => _top = start;

    /// <summary>Counts bytes that were passed over.</summary>
    /// <returns>False if there were too many.</returns>
    public bool TrySpend(int bytes) => (_bytes += bytes) <= MaxBytes;
}
