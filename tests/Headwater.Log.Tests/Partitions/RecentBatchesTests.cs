using Headwater.Core.Positions;
using Headwater.Core.Segments;
using Headwater.Log.Partitions;
using Xunit;

namespace Headwater.Log.Tests.Partitions;

/// <summary>The last keyed batches as a whole.</summary>
public sealed class RecentBatchesTests
{
    private readonly RecentBatches _recent = new(2);

    [Fact]
    public void The_oldest_is_forgotten_beyond_the_limit()
    {
        Add(1);
        Add(2);
        Add(3);
        Assert.Equal([false, true, true], [Knows(1), Knows(2), Knows(3)]);
    }

    /// <summary>A batch that is found in the log again for each copy of its message.</summary>
    [Fact]
    public void A_batch_that_is_added_again_is_the_newest()
    {
        Add(1);
        Add(2);
        Add(1);
        Assert.True(Knows(1));
    }

    private void Add(int key) => _recent.Add(new KeyedBatch(new RequestKey((UInt128)key), default, new Offset(key), 1), UnixMicros.MaxValue);

    private bool Knows(int key) => _recent.Find(new RequestKey((UInt128)key)) is not null;
}
