using Headwater.Core.Segments;
using Headwater.Log.Appending;
using Headwater.Simulation.History;
using Headwater.Simulation.Scheduling;

namespace Headwater.Simulation.Workload;

/// <summary>Requests of all shapes.</summary>
internal static class Drafts
{
    private const int Keys = 12;

    private const int MostEvents = 5;

    private const int MostPadding = 400;

    /// <summary>Keyed, unkeyed and mixed events, over any number of partitions.</summary>
    public static AppendDraft Any(Client client)
    {
        Chance chance = client.Chance;
        bool keyed = chance.Happens(0.6);
        int count = chance.Between(1, MostEvents);
        SentEvent[] events = [.. Enumerable.Range(0, count).Select(_ => new SentEvent(client.Context.NextEvent(), keyed || chance.Happens(0.3) ? $"k{chance.Below(Keys)}" : null))];
        return new AppendDraft(client.Context.NextRequest(), events) { Padding = chance.Happens(0.2) ? chance.Below(MostPadding) : 0 };
    }

    /// <summary>Unkeyed events for one partition.</summary>
    public static AppendDraft For(Client client, int partition)
    {
        SentEvent[] events = [.. Enumerable.Range(0, client.Chance.Between(1, MostEvents)).Select(_ => new SentEvent(client.Context.NextEvent(), null))];
        return new AppendDraft(client.Context.NextRequest(), events) { Target = partition, Padding = client.Chance.Happens(0.2) ? client.Chance.Below(MostPadding) : 0 };
    }

    public static AppendDraft WithKey(AppendDraft draft, Chance chance) =>
        draft with { Identity = new RequestIdentity(new RequestKey(new UInt128(chance.Word(), chance.Word())), new RequestDigest(new UInt128(chance.Word(), chance.Word()))) };
}
