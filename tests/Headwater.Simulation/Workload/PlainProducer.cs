using Headwater.Log.Model;

namespace Headwater.Simulation.Workload;

/// <summary>Sends each request once, and accepts unknown outcomes.</summary>
internal static class PlainProducer
{
    public static async Task RunAsync(Client client)
    {
        while (!client.IsStopping)
        {
            await client.ThinkAsync();
            StreamName stream = client.AnyStream();
            AppendDraft draft = client.Chance.Happens(0.3) ? Drafts.For(client, client.Chance.Below(client.Context.Plan.Partitions)) : Drafts.Any(client);
            await client.AppendAsync(stream, draft);
        }
    }
}
