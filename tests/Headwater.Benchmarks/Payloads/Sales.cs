using System.Globalization;
using System.Text;

namespace Headwater.Benchmarks.Payloads;

/// <summary>Sales as a shop's service posts them: 187 bytes of JSON on average, keyed by one of 5,000 stores. The same at every run.</summary>
internal static class Sales
{
    public const string Schema =
        """
        {"type":"record","name":"Sale","fields":[
          {"name":"saleId","type":"string"},{"name":"storeId","type":"long"},{"name":"itemId","type":"long"},{"name":"quantity","type":"int"},
          {"name":"unitPrice","type":"double"},{"name":"currency","type":{"type":"enum","name":"Currency","symbols":["CAD","USD","EUR"]}},
          {"name":"tags","type":{"type":"array","items":"string"}},{"name":"note","type":["null","string"],"default":null},
          {"name":"at","type":{"type":"long","logicalType":"timestamp-millis"}}]}
        """;

    private const int Seed = 20_260_101;
    private static readonly string[] Tags = ["web", "app", "store", "promo", "gift", "return"];

    /// <summary>The values, each as one JSON text.</summary>
    public static byte[][] Values(int count)
    {
        var random = new Random(Seed);
        return [.. Enumerable.Range(0, count).Select(i => Encoding.UTF8.GetBytes(Value(random, i)))];
    }

    /// <summary>A body: an array of <paramref name="count"/> events.</summary>
    public static byte[] Body(int count)
    {
        var random = new Random(Seed);
        IEnumerable<string> events = Enumerable.Range(0, count).Select(i => $$"""{"key":"{{random.Next(5_000)}}","value":{{Value(random, i)}}}""");
        return Encoding.UTF8.GetBytes("[" + string.Join(',', events) + "]");
    }

    private static string Value(Random random, int index)
    {
        string price = (random.Next(100, 20_000) / 100.0).ToString(CultureInfo.InvariantCulture);
        string tags = string.Join(',', Enumerable.Range(0, random.Next(3)).Select(_ => $"\"{Tags[random.Next(Tags.Length)]}\""));
        string note = random.Next(4) == 0 ? "\"left at the door\"" : "null";
        string at = DateTime.UnixEpoch.AddMilliseconds(1_767_225_600_000 + (index * 137L)).ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture);
        string currency = random.Next(3) == 0 ? "CAD" : "USD";
        string ids = $$"""
            {"saleId":"s-{{index:x8}}","storeId":{{random.Next(5_000)}},"itemId":{{random.Next(1_000_000)}},"quantity":{{random.Next(1, 9)}}
            """;
        return $$"""
            {{ids}},"unitPrice":{{price}},"currency":"{{currency}}","tags":[{{tags}}],"note":{{note}},"at":"{{at}}"}
            """;
    }
}
