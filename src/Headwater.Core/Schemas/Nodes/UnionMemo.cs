using System.Buffers;
using System.Runtime.CompilerServices;
using Headwater.Core.Memory;

namespace Headwater.Core.Schemas.Nodes;

/// <summary>
/// The branch found for each object or array of a value. Without it, unions of records that contain such unions would be tried repeatedly,
/// and the number of tries would double with every level. Uses pooled memory, which is charged to a budget.
/// </summary>
internal struct UnionMemo(IMemoryBudget? budget) : IDisposable
{
    private const int AtFirst = 16;

    private Entry[]? _slots;
    private int _size;
    private int _count;
    private int _holds;

    public readonly bool TryGet(UnionNode union, int position, bool naturalOnly, out UnionChoice choice)
    {
        choice = default;
        if (_slots is null)
        {
            return false;
        }

        ref Entry slot = ref SlotOf(union, position, naturalOnly);
        choice = slot.Choice;
        return slot.Union is not null;
    }

    public void Add(UnionNode union, int position, bool naturalOnly, UnionChoice choice)
    {
        if (2 * (_count + 1) > _size)
        {
            Grow();
        }

        SlotOf(union, position, naturalOnly) = new Entry(union, position, naturalOnly, choice);
        _count++;
    }

    /// <summary>Begins to write a value whose unions were tried.</summary>
    public void Hold() => _holds++;

    /// <summary>Ends a <see cref="Hold"/>. After the outermost one nothing is asked again, so that a value of many small unions needs memory for one.</summary>
    public void Release()
    {
        if (--_holds == 0 && _count > 0)
        {
            Dispose();
        }
    }

    public void Dispose()
    {
        Return(_slots, _size);
        _slots = null;
        _size = 0;
        _count = 0;
    }

    private readonly ref Entry SlotOf(UnionNode union, int position, bool naturalOnly)
    {
        int at = HashCode.Combine(RuntimeHelpers.GetHashCode(union), position, naturalOnly) & (_size - 1);
        while (_slots![at].Union is not null && !_slots[at].Is(union, position, naturalOnly))
        {
            at = (at + 1) & (_size - 1);
        }

        return ref _slots[at];
    }

    private void Grow()
    {
        Entry[]? old = _slots;
        int oldSize = _size;
        int size = Math.Max(AtFirst, 2 * oldSize);
        budget?.Take((long)size * Unsafe.SizeOf<Entry>());
        try
        {
            _slots = ArrayPool<Entry>.Shared.Rent(size);
        }
        catch
        {
            budget?.GiveBack((long)size * Unsafe.SizeOf<Entry>());
            throw;
        }

        _slots.AsSpan(0, size).Clear();
        _size = size;
        foreach (Entry entry in old.AsSpan(0, oldSize))
        {
            if (entry.Union is not null)
            {
                SlotOf(entry.Union, entry.Position, entry.NaturalOnly) = entry;
            }
        }

        Return(old, oldSize);
    }

    private readonly void Return(Entry[]? slots, int size)
    {
        if (slots is not null)
        {
            slots.AsSpan(0, size).Clear();
            ArrayPool<Entry>.Shared.Return(slots);
            budget?.GiveBack((long)size * Unsafe.SizeOf<Entry>());
        }
    }

    private readonly record struct Entry(UnionNode? Union, int Position, bool NaturalOnly, UnionChoice Choice)
    {
        public bool Is(UnionNode union, int position, bool naturalOnly) =>
            ReferenceEquals(Union, union) && Position == position && NaturalOnly == naturalOnly;
    }
}
