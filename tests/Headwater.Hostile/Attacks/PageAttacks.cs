using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Headwater.Hostile.Attacks;

/// <summary>Reads whose answers cost much more than what is stored.</summary>
internal static class PageAttacks
{
    private const int Depth = 12;

    public static IEnumerable<Attack> Of(AttackClient client, SecondHost second)
    {
        yield return new Attack(
            "30 readers of compressible pages",
            Parallel: 30,
            () => PrepareCompressibleAsync(client),
            over => client.GetAsync("/streams/compressible/partitions/0/events?limit=10000&maxBytes=33554432", over));
        yield return new Attack(
            "4 readers of long names",
            Parallel: 4,
            () => PrepareNamesAsync(client),
            over => client.GetAsync("/streams/names/partitions/0/events?limit=10000&maxBytes=33554432", over));
        byte[] unions = Encoding.UTF8.GetBytes($"[{string.Join(',', Enumerable.Repeat($$"""{"value":{{Nested()}}}""", 2_000))}]");
        yield return new Attack(
            "nested unions",
            Parallel: 2,
            () => client.CreateAsync("unions", $$"""{"partitions":1,"schema":{{UnionSchema()}}}"""),
            over => client.SendAsync(HttpMethod.Post, "/streams/unions/events", unions, AttackClient.Json, isGzip: false, over));
        yield return new Attack(
            "32 readers of latest, 60 MB behind",
            Parallel: 32,
            () => PrepareBehindAsync(client, second),
            over => client.GetAsync("/streams/behind/partitions/0/events?offset=latest", over))
        {
            Arm = () => AppendElsewhereAsync(second),
        };
    }

    private static async Task PrepareCompressibleAsync(AttackClient client)
    {
        await client.CreateAsync("compressible", """{"partitions":1,"codec":"zstandard"}""");
        byte[] body = AttackClient.Gzip("[{\"value\":\"", new string('x', 1_000_000), 1, "\"}]");
        for (int i = 0; i < 130; i++)
        {
            await client.RequireAsync(
                client.SendAsync(HttpMethod.Post, "/streams/compressible/events", body, AttackClient.Json, isGzip: true, CancellationToken.None));
        }
    }

    private static async Task PrepareNamesAsync(AttackClient client)
    {
        string[] names = [.. Enumerable.Range(0, 100).Select(i => $"f{i}_{new string('x', 1_000)}")];
        string schema = JsonSerializer.Serialize(new { type = "record", name = "R", fields = names.Select(n => new { name = n, type = "boolean" }) });
        await client.CreateAsync("names", $$"""{"partitions":1,"schema":{{schema}}}""");
        string value = JsonSerializer.Serialize(names.ToDictionary(n => n, _ => true));
        byte[] body = AttackClient.Gzip($$"""[{"value":{{value}}}""", $$""",{"value":{{value}}}""", 200, "]");
        for (int i = 0; i < 20; i++)
        {
            await client.RequireAsync(
                client.SendAsync(HttpMethod.Post, "/streams/names/events", body, AttackClient.Json, isGzip: true, CancellationToken.None));
        }
    }

    private static async Task PrepareBehindAsync(AttackClient client, SecondHost second)
    {
        await client.CreateAsync("behind", """{"partitions":1,"codec":"null"}""");
        await client.RequireAsync(client.GetAsync("/streams/behind/partitions/0/events?offset=latest", CancellationToken.None));
        await second.ClientAsync();
    }

    /// <summary>Appends 60 MB through the second host, so that the host under attack is behind.</summary>
    private static async Task AppendElsewhereAsync(SecondHost second)
    {
        AttackClient other = await second.ClientAsync();
        byte[] body = AttackClient.Gzip("[{\"value\":\"", new string('y', 1_000_000), 1, "\"}]");
        for (int i = 0; i < 60; i++)
        {
            await other.RequireAsync(other.SendAsync(HttpMethod.Post, "/streams/behind/events", body, AttackClient.Json, isGzip: true, CancellationToken.None));
        }
    }

    private static string UnionSchema()
    {
        JsonNode schema = JsonNode.Parse("""["null","int"]""")!;
        for (int level = 0; level < Depth; level++)
        {
            JsonObject Record(string name) => new()
            {
                ["type"] = "record",
                ["name"] = $"{name}{level}",
                ["fields"] = new JsonArray(new JsonObject { ["name"] = "a", ["type"] = name == "A" ? schema.DeepClone() : "string" }),
            };
            schema = new JsonArray("null", Record("B"), Record("A"));
        }

        return schema.ToJsonString();
    }

    private static string Nested()
    {
        string value = "7";
        for (int level = 0; level < Depth; level++)
        {
            value = $$"""{"a":{{value}}}""";
        }

        return value;
    }
}
