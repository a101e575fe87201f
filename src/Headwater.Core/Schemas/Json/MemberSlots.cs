using System.Buffers;
using System.Text.Json;

namespace Headwater.Core.Schemas.Json;

/// <summary>
/// A stack of the JSON members found for the fields of the records being written, so that the members may be in any order. An absent
/// member has the kind <see cref="JsonValueKind.Undefined"/>. Uses pooled memory.
/// </summary>
internal struct MemberSlots : IDisposable
{
    private const int AtFirst = 32;

    private JsonElement[]? _slots;
    private int _top;

    public readonly int Top => _top;

    public readonly ref JsonElement this[int index] => ref _slots![index];

    /// <summary>Reserves slots for a record's fields.</summary>
    /// <returns>The index of the first slot.</returns>
    public int Take(int count)
    {
        int start = _top;
        _top += count;
        if (_slots is null || _slots.Length < _top)
        {
            Grow();
        }

        _slots.AsSpan(start, count).Clear();
        return start;
    }

    /// <summary>Releases all slots from <paramref name="start"/> on.</summary>
    public void Release(int start) => _top = start;

    public void Dispose()
    {
        if (_slots is not null)
        {
            ArrayPool<JsonElement>.Shared.Return(_slots, clearArray: true);
        }

        _slots = null;
    }

    private void Grow()
    {
        JsonElement[] grown = ArrayPool<JsonElement>.Shared.Rent(Math.Max(_top, Math.Max(AtFirst, 2 * (_slots?.Length ?? 0))));
        _slots?.CopyTo(grown, 0);
        Dispose();
        _slots = grown;
    }
}
