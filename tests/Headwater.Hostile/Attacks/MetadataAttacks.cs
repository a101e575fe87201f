using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Headwater.Hostile.Attacks;

/// <summary>Questions about many partitions, and many streams.</summary>
internal static class MetadataAttacks
{
    private const int Partitions = 256;
    private const int OffsetsPerRequest = 100;

    private static int _streams;

    public static IEnumerable<Attack> Of(AttackClient client)
    {
        yield return new Attack(
            "positions of a wide stream",
            Parallel: 4,
            () => PrepareAsync(client, "wide"),
            over => client.GetAsync("/streams/wide/partitions", over));
        yield return new Attack(
            "lag of a wide group",
            Parallel: 4,
            () => PrepareGroupAsync(client),
            over => client.GetAsync("/streams/grouped/groups/g", over));
        yield return new Attack(
            "ever more streams",
            Parallel: 4,
            () => Task.CompletedTask,
            over => client.SendAsync(
                HttpMethod.Put,
                string.Create(CultureInfo.InvariantCulture, $"/streams/one-of-many-{Interlocked.Increment(ref _streams)}"),
                """{"partitions":4}"""u8.ToArray(),
                AttackClient.Json,
                isGzip: false,
                over));
    }

    /// <summary>A stream with an event in every partition.</summary>
    private static async Task PrepareAsync(AttackClient client, string name)
    {
        await client.CreateAsync(name, string.Create(CultureInfo.InvariantCulture, $$"""{"partitions":{{Partitions}}}"""));
        string events = JsonSerializer.Serialize(Enumerable.Range(0, 4_000).Select(i => new { key = $"{i}", value = i }));
        await client.RequireAsync(
            client.SendAsync(HttpMethod.Post, $"/streams/{name}/events", Encoding.UTF8.GetBytes(events), AttackClient.Json, isGzip: false, default));
    }

    private static async Task PrepareGroupAsync(AttackClient client)
    {
        await PrepareAsync(client, "grouped");
        foreach (int[] partitions in Enumerable.Range(0, Partitions).Chunk(OffsetsPerRequest))
        {
            string offsets = JsonSerializer.Serialize(new { offsets = partitions.Select(p => new { partition = p, offset = 1 }) });
            await client.RequireAsync(client.SendAsync(
                HttpMethod.Put, "/streams/grouped/groups/g/offsets", Encoding.UTF8.GetBytes(offsets), AttackClient.Json, isGzip: false, default));
        }
    }
}
