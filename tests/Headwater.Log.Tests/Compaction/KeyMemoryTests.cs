using System.Globalization;
using Headwater.Log.Compaction;
using Headwater.Log.Model;
using Xunit;

namespace Headwater.Log.Tests.Compaction;

/// <summary>Keys that share a hash, and more keys than fit into memory.</summary>
public sealed class KeyMemoryTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(3)]
    public void Keys_that_share_a_hash_lose_nothing(int bits) => World.Play(async world =>
    {
        LogOptions weak = Entities.Options with { Compaction = Entities.Options.Compaction with { Hash = (key, _) => (ulong)(key[^1] & ((1 << bits) - 1)) } };
        (Instance writer, StreamDescription stream, string ideal) = await ManyAsync(world);
        await world.Start(weak).CompactAsync(stream);

        Assert.Equal(ideal, await world.Start().TellAsync(stream));
        Assert.Equal(ideal, await writer.TellAsync(stream));
    });

    [Fact]
    public void More_keys_than_fit_take_more_passes_and_end_the_same() => World.Play(async world =>
    {
        LogOptions tight = Entities.Options with { Compaction = Entities.Options.Compaction with { KeyBytes = new KeyTable().Bytes } };
        (Instance _, StreamDescription stream, string ideal) = await ManyAsync(world, keys: 3_000);
        CompactionReport report = await world.Start(tight).CompactAsync(stream);

        Assert.Equal(ideal, await world.Start().TellAsync(stream));
        Assert.InRange(report.Passes, 3, 20);
        Assert.Equal(3_000, report.Keys);
    });

    [Fact]
    public void Keys_that_share_a_hash_do_not_split_for_ever() => World.Play(async world =>
    {
        LogOptions hopeless = Entities.Options with { Compaction = Entities.Options.Compaction with { KeyBytes = 1, Hash = (_, _) => 7 } };
        (Instance _, StreamDescription stream, string ideal) = await ManyAsync(world);
        await world.Start(hopeless).CompactAsync(stream);

        Assert.Equal(ideal, await world.Start().TellAsync(stream));
    });

    /// <returns>The stream, and the events that a correct compaction leaves in it.</returns>
    private static async Task<(Instance Writer, StreamDescription Stream, string Ideal)> ManyAsync(World world, int keys = 40)
    {
        Instance writer = world.Start(Entities.Options);
        StreamDescription stream = await writer.CreateAsync(settings: Entities.Settings);
        var newest = new SortedDictionary<long, string>();
        var at = new Dictionary<string, long>();
        long offset = 0;
        for (int round = 0; round < 4; round++)
        {
            IEnumerable<int> chosen = Enumerable.Range(0, keys).Where(k => (k + round) % 3 != 0);
            string[] events = [.. chosen.Select(k => string.Create(CultureInfo.InvariantCulture, $"k{k}={round}"))];
            await writer.FillAsync(stream, string.Join(' ', events));
            foreach (string text in events)
            {
                string key = text.Split('=')[0];
                newest.Remove(at.GetValueOrDefault(key, -1));
                (at[key], newest[offset]) = (offset, $"{offset} {text}");
                offset++;
            }
        }

        await writer.FillAsync(stream, "end=1");
        return (writer, stream, string.Join(", ", newest.Values.Append($"{offset} end=1")));
    }
}
