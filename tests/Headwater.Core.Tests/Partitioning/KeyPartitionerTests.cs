using System.Text;
using System.Text.Json;
using Headwater.Core.Partitioning;
using Headwater.Core.Positions;
using Headwater.Core.Tests.Foreign;

namespace Headwater.Core.Tests.Partitioning;

public sealed class KeyPartitionerTests
{
    private const int Keys = 100_000;

    /// <summary>Calculated by hand from Kafka's hashes in <see cref="Murmur2Tests"/>: (hash &amp; 0x7fffffff) % partitions.</summary>
    [Theory]
    [InlineData("21", 10, 0)]
    [InlineData("foobar", 10, 6)]
    [InlineData("abc", 10, 7)]
    [InlineData("abc", 1, 0)]
    public void A_negative_hash_loses_its_sign_bit_before_the_remainder(string key, int partitions, int expected) =>
        Assert.Equal(new PartitionId(expected), KeyPartitioner.For(key, partitions));

    [Fact]
    public void A_text_and_its_UTF8_bytes_go_to_the_same_partition()
    {
        string key = new('\u00e9', 3000);
        Assert.Equal(KeyPartitioner.For(Encoding.UTF8.GetBytes(key), 1024), KeyPartitioner.For(key, 1024));
    }

    [Fact]
    public void Half_a_surrogate_pair_is_refused() => Assert.Throws<EncoderFallbackException>(() => KeyPartitioner.For("a\ud800", 4));

    [Fact]
    public void A_stream_without_partitions_is_refused() => Assert.Throws<ArgumentOutOfRangeException>(() => KeyPartitioner.For("a", 0));

    [Fact]
    public async Task A_hundred_thousand_random_keys_go_where_kafkajs_puts_them()
    {
        const int Partitions = 97;
        ForeignTool.RequireNpm("kafkajs");
        string[] keys = RandomKeys(new Random(97));
        string input = string.Join('\n', keys.Select(key => JsonSerializer.Serialize(key)));

        string[] theirs = await ForeignTool.RunAsync("node", ["partition.mjs", $"{Partitions}"], input);

        Assert.Equal(keys.Select(key => KeyPartitioner.For(key, Partitions).ToString()), theirs);
    }

    /// <summary>0 to 40 Unicode scalars of one to four UTF-8 bytes each.</summary>
    private static string[] RandomKeys(Random random)
    {
        var keys = new string[Keys];
        var key = new StringBuilder();
        for (int i = 0; i < keys.Length; i++)
        {
            key.Clear();
            for (int left = random.Next(41); left > 0; left--)
            {
                key.Append(RandomRune(random).ToString());
            }

            keys[i] = key.ToString();
        }

        return keys;
    }

    private static Rune RandomRune(Random random)
    {
        int limit = random.Next(4) switch { 0 => 0x110000, 1 => 0x10000, 2 => 0x800, _ => 0x80 };
        Rune rune;
        while (!Rune.TryCreate(random.Next(limit), out rune))
        {
            continue;
        }

        return rune;
    }
}
