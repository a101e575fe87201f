using Headwater.Log.Model;
using Headwater.Log.Read;
using Headwater.Simulation.History;

namespace Headwater.Simulation.Workload;

/// <summary>Appends only at the offset that it believes to be the log end.</summary>
internal static class ConditionalProducer
{
    public static async Task RunAsync(Client client)
    {
        while (!client.IsStopping)
        {
            await client.ThinkAsync();
            StreamName stream = client.AnyStream();
            int partition = client.Chance.Below(client.Context.Plan.Partitions);
            ReadAttempt end = await client.ReadAsync(stream, partition, ReadFrom.Latest, 0, TimeSpan.Zero);
            if (end.Page is { } page)
            {
                long believed = page.Next + (client.Chance.Happens(0.1) ? client.Chance.Between(0, 3) : 0);
                await client.AppendAsync(stream, Drafts.For(client, partition) with { IfOffset = believed });
            }
        }
    }
}
