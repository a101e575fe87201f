using Headwater.Core.Partitioning;
using Headwater.Core.Segments;
using Headwater.Log.Append;
using Headwater.Simulation.History;
using Headwater.Simulation.Scheduling;

namespace Headwater.Simulation.Workload;

/// <summary>Draws requests of all shapes.</summary>
internal static class Drafts
{
    private const int Keys = 12;

    private const int MostEvents = 5;

    private const int MostPadding = 400;

    /// <summary>Keyed, unkeyed or mixed events, for any number of partitions.</summary>
    public static AppendDraft Any(Client client)
    {
        Chance chance = client.Chance;
        bool keyed = chance.Happens(0.6) || client.Context.Plan.IsEntity;
        int count = chance.Between(1, MostEvents);
        SentEvent[] events =
            [.. Enumerable.Range(0, count).Select(_ => keyed || chance.Happens(0.3) ? Keyed(client) : new SentEvent(client.Context.NextEvent(), null))];
        return new AppendDraft(client.Context.NextRequest(), events) { Padding = chance.Happens(0.2) ? chance.Below(MostPadding) : 0 };
    }

    /// <summary>Events for one partition: keyed in entity streams, otherwise unkeyed.</summary>
    public static AppendDraft For(Client client, int partition)
    {
        SentEvent[] events =
        [
            .. Enumerable
                .Range(0, client.Chance.Between(1, MostEvents))
                .Select(_ => client.Context.Plan.IsEntity ? KeyedFor(client, partition) : new SentEvent(client.Context.NextEvent(), null)),
        ];
        return new AppendDraft(client.Context.NextRequest(), events)
        {
            Target = partition,
            Padding = client.Chance.Happens(0.2) ? client.Chance.Below(MostPadding) : 0,
        };
    }

    /// <summary>In entity streams every fourth event is a deletion.</summary>
    private static SentEvent Keyed(Client client) =>
        new(client.Context.NextEvent(), $"k{client.Chance.Below(Keys)}", client.Context.Plan.IsEntity && client.Chance.Happens(0.25));

    private static SentEvent KeyedFor(Client client, int partition)
    {
        SentEvent drawn = Keyed(client);
        for (int i = 0; KeyPartitioner.For(drawn.Key!, client.Context.Plan.Partitions).Value != partition; i++)
        {
            drawn = drawn with { Key = $"k{i}" };
        }

        return drawn;
    }

    public static AppendDraft WithKey(AppendDraft draft, Chance chance) =>
        draft with
        {
            Identity = new RequestIdentity(new RequestKey(new UInt128(chance.Word(), chance.Word())), AnyDigest(chance)),
        };

    public static RequestDigest AnyDigest(Chance chance) => new(new UInt128(chance.Word(), chance.Word()));
}
