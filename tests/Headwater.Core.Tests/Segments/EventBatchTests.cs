using System.Text;
using Headwater.Core.Avro;
using Headwater.Core.Positions;
using Headwater.Core.Segments;

namespace Headwater.Core.Tests.Segments;

public sealed class EventBatchTests
{
    [Fact]
    public void Events_are_counted_with_their_bytes()
    {
        using var events = new EventBatch();
        Samples.Bytes(events, "k", [1, 2, 3]);
        Samples.Bytes(events, null, null);

        // With key and value, in bytes: time 1, key 1 + 2, headers 1, batch 1, branch 1, length 1, value 3. Without both: time, key, headers, batch, branch.
        Assert.Equal((2, 16L, 11, 5), (events.Count, events.Bytes, events.BytesOf(0), events.BytesOf(1)));
    }

    [Fact]
    public void An_event_abandoned_leaves_nothing()
    {
        using var events = new EventBatch();
        Samples.Bytes(events, "k", [1]);
        long before = events.Bytes;
        events.Begin(UnixMicros.MaxValue, "other", [new("a", "b")]);
        events.Value.WriteLong(77);
        events.Abandon();
        Samples.Bytes(events, null, null);

        Assert.Equal((2, before + 5), (events.Count, events.Bytes));
    }

    [Fact]
    public void Half_a_surrogate_pair_in_a_header_leaves_nothing()
    {
        using var events = new EventBatch();
        Assert.Throws<EncoderFallbackException>(() => events.Begin(null, "key", [new("a", "b"), new("c", "\udfff")]));
        Samples.Bytes(events, null, null);

        Assert.Equal((1, 5L), (events.Count, events.Bytes));
    }

    [Fact]
    public void A_header_that_is_there_twice_is_refused_and_leaves_nothing()
    {
        using var events = new EventBatch();
        Assert.Throws<ArgumentException>(() => events.Begin(null, "key", [new("a", "b"), new("a", "c")]));
        Samples.Bytes(events, null, null);

        Assert.Equal((1, 5L), (events.Count, events.Bytes));
    }

    [Fact]
    public void An_event_without_a_value_cannot_end()
    {
        using var events = new EventBatch();
        events.Begin(null, null, []);
        Assert.Throws<InvalidOperationException>(events.End);
    }

    [Fact]
    public void A_second_event_cannot_begin_inside_the_first()
    {
        using var events = new EventBatch();
        events.Begin(null, null, []);
        Assert.Throws<InvalidOperationException>(() => events.Begin(null, null, []));
    }

    [Fact]
    public void An_event_that_has_not_ended_is_not_there()
    {
        using var events = new EventBatch();
        events.Begin(null, null, []);
        Assert.Throws<IndexOutOfRangeException>(() => events.BytesOf(0));
    }

    [Fact]
    public void A_cleared_batch_is_as_new()
    {
        using var events = new EventBatch();
        Samples.Bytes(events, "k", [1]);
        events.Begin(null, null, []);
        events.Clear();
        Samples.Bytes(events, null, null);

        Assert.Equal((1, 5L), (events.Count, events.Bytes));
    }
}
