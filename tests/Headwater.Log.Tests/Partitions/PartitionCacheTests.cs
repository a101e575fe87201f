using Headwater.Core.Positions;
using Headwater.Log.Model;
using Headwater.Log.Partitions;
using Headwater.Log.Segments;
using Xunit;

namespace Headwater.Log.Tests.Partitions;

/// <summary>The cache of partitions keeps those in use, and of the others as many as fit into its bytes.</summary>
public sealed class PartitionCacheTests
{
    private const int Size = 100;

    private readonly List<Part> _made = [];

    [Fact]
    public void Within_its_bytes_the_cache_keeps_every_partition()
    {
        PartitionCache<Part> cache = Cache(most: 3 * Size);
        Use(cache, 0, 1, 2);
        Use(cache, 0, 1, 2);
        Assert.Equal(3, _made.Count);
    }

    [Fact]
    public void Beyond_its_bytes_the_least_recently_used_is_dropped()
    {
        PartitionCache<Part> cache = Cache(most: 3 * Size);
        Use(cache, 0, 1, 2, 0, 3);
        Assert.Null(cache.Find("id", new PartitionId(1)));
        Assert.Equal([0, 2, 3], cache.All.Select(p => p.Number));
    }

    [Fact]
    public void What_a_partition_has_grown_to_counts_when_it_is_left()
    {
        PartitionCache<Part> cache = Cache(most: 3 * Size);
        Use(cache, 0, 1);
        using (HeldPartition<Part> held = cache.Hold(Place(2)))
        {
            held.Value.Bytes = 2 * Size;
        }

        Assert.Equal([1, 2], cache.All.Select(p => p.Number));
        Assert.Equal(3 * Size, cache.Bytes);
    }

    [Fact]
    public void A_held_partition_is_kept_beyond_the_bytes()
    {
        PartitionCache<Part> cache = Cache(most: 0);
        using HeldPartition<Part> held = cache.Hold(Place(0));
        Use(cache, 1, 2, 3);
        Assert.Same(held.Value, cache.Find("id", new PartitionId(0)));
        Assert.Equal((1, Size), (cache.Count, cache.Bytes));
    }

    [Fact]
    public void A_partition_held_twice_is_kept_until_it_is_left_twice()
    {
        PartitionCache<Part> cache = Cache(most: 0);
        HeldPartition<Part> first = cache.Hold(Place(0));
        HeldPartition<Part> second = cache.Hold(Place(0));
        first.Dispose();
        Assert.Equal(1, cache.Count);
        second.Dispose();
        Assert.Equal((0, 0), (cache.Count, cache.Bytes));
    }

    [Fact]
    public void A_partition_whose_checkpoint_is_due_is_kept_until_the_checkpoint_is_written()
    {
        PartitionCache<Part> cache = Cache(most: 0);
        using (HeldPartition<Part> held = cache.Hold(Place(0)))
        {
            held.Value.IsOwed = true;
        }

        Assert.Equal(1, cache.Count);
        _made[0].Written();
        Assert.Equal(0, cache.Count);
    }

    [Fact]
    public void A_forgotten_partition_in_use_is_opened_again_and_stays_the_only_one()
    {
        PartitionCache<Part> cache = Cache(most: 10 * Size);
        using (HeldPartition<Part> held = cache.Hold(Place(0)))
        {
            cache.Forget("id");
            Assert.Equal(1, held.Value.Reopened);
            using HeldPartition<Part> again = cache.Hold(Place(0));
            Assert.Same(held.Value, again.Value);
        }

        Assert.Equal(0, cache.Count);
    }

    [Fact]
    public void Work_left_behind_by_a_dropped_partition_changes_nothing_of_its_successor()
    {
        PartitionCache<Part> cache = Cache(most: 10 * Size);
        Use(cache, 0);
        cache.Forget("id");
        using HeldPartition<Part> next = cache.Hold(Place(0));
        _made[0].Hold.Enter();
        _made[0].Bytes = 5 * Size;
        _made[0].Hold.Leave();
        Assert.Same(next.Value, cache.Find("id", new PartitionId(0)));
        Assert.Equal((1, Size), (cache.Count, cache.Bytes));
    }

    [Fact]
    public async Task Many_threads_have_one_object_per_partition_and_leave_none_behind()
    {
        PartitionCache<Part> cache = Cache(most: 2 * Size);
        await Task.WhenAll(Enumerable.Range(0, 4).Select(t => Task.Run(
            () =>
            {
                for (int i = 0; i < 20_000; i++)
                {
                    using HeldPartition<Part> held = cache.Hold(Place((i * (t + 1)) % 7));
                    Assert.False(held.Value.IsDropped(cache));
                }
            },
            TestContext.Current.CancellationToken)));
        Assert.InRange(cache.Count, 1, 2);
        Assert.Equal(cache.Count * Size, cache.Bytes);
    }

    private static void Use(PartitionCache<Part> cache, params int[] numbers)
    {
        foreach (int number in numbers)
        {
            cache.Hold(Place(number)).Dispose();
        }
    }

    private static PartitionPlace Place(int number) => new(StreamName.Parse("s"), "id", new PartitionId(number));

    private PartitionCache<Part> Cache(long most) => new(
        (place, hold) =>
        {
            var part = new Part(place.Partition.Value, hold);
            _made.Add(part);
            return part;
        },
        most);

    private sealed class Part(int number, IPartitionHold hold) : ICachedPartition
    {
        public int Number => number;

        public IPartitionHold Hold => hold;

        public long Bytes { get; set; } = Size;

        public bool IsOwed { get; set; }

        public int Reopened { get; private set; }

        public bool IsDropped(PartitionCache<Part> cache) => cache.Find("id", new PartitionId(number)) != this;

        public void CheckpointIfOwed()
        {
            if (IsOwed)
            {
                IsOwed = false;
                hold.Enter();
            }
        }

        public void Written() => hold.Leave();

        public void Reopen() => Reopened++;
    }
}
