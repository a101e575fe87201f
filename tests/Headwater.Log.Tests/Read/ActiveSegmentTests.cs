using Headwater.Log.Model;
using Headwater.Log.Read;
using Xunit;

namespace Headwater.Log.Tests.Read;

/// <summary>A deployment can leave the active segments out of the listing, because their URLs also show events appended later.</summary>
public sealed class ActiveSegmentTests
{
    [Fact]
    public void Without_active_segments_only_sealed_ones_are_listed() => World.Play(async world =>
    {
        Instance writer = world.Start(Options.RollsOften with { ListsActiveSegments = false });
        StreamDescription stream = await writer.CreateAsync();
        for (int i = 0; i < 8; i++)
        {
            await writer.AppendAsync(stream, "a");
        }

        var request = new SegmentRequest(null, null, null, 1000);
        IReadOnlyList<SegmentListing> sealedOnly = (await writer.Log.SegmentsAsync(stream, request, default)).Segments;
        IReadOnlyList<SegmentListing> all = (await world.Start(Options.RollsOften).Log.SegmentsAsync(stream, request, default)).Segments;

        Assert.NotEmpty(sealedOnly);
        Assert.All(sealedOnly, s => Assert.True(s.Sealed));
        Assert.Equal(all.SkipLast(1).Select(s => s.Base), sealedOnly.Select(s => s.Base));
        Assert.False(all[^1].Sealed);
    });
}
