using Headwater.Core.Segments;
using Headwater.Log.Model;
using Headwater.Simulation.History;

namespace Headwater.Simulation.Workload;

/// <summary>
/// Sends every request with an Idempotency-Key and repeats it until it is stored: after a missing answer, while an answer is pending, after an
/// acknowledgement, and at any later time. Some requests are searched for in the log before each attempt, as queue messages are: they must never be stored
/// twice. The others must not be while their key is remembered.
/// </summary>
internal static class KeyedProducer
{
    private const int Tries = 8;

    private const int MostOld = 20;

    public static async Task RunAsync(Client client)
    {
        var old = new List<(StreamName Stream, AppendDraft Draft)>();
        bool forgets = client.Context.Plan.HasFewKeys || client.Context.Plan.Options.Memory.KeyWindow < TimeSpan.FromHours(1);
        while (!client.IsStopping)
        {
            await client.ThinkAsync();
            StreamName stream = client.AnyStream();
            if (old.Count > 0 && client.Chance.Happens(0.3))
            {
                (StreamName past, AppendDraft again) = client.Chance.Pick(old);
                await client.AppendAsync(past, again);
                continue;
            }

            AppendDraft draft = Drafts.WithKey(Drafts.Any(client), client.Chance);
            if (forgets && client.Chance.Happens(0.3))
            {
                draft = draft with { Since = client.Context.Now - TimeSpan.FromSeconds(1) };
            }

            AppendAttempt? stored = await RepeatAsync(client, stream, draft);
            if (stored is null)
            {
                continue;
            }

            if (client.Chance.Happens(0.2))
            {
                await client.AppendAsync(stream, draft);
            }

            old.Add((stream, draft with { OnlyStreamId = stored.StreamId }));
            if (old.Count > MostOld)
            {
                old.RemoveAt(client.Chance.Below(old.Count));
            }

            if (!forgets && client.Chance.Happens(0.1))
            {
                await ReuseKeyAsync(client, stream, draft, stored);
            }
        }
    }

    private static async Task<AppendAttempt?> RepeatAsync(Client client, StreamName stream, AppendDraft draft)
    {
        for (int i = 0; i < Tries; i++)
        {
            Task<AppendAttempt> first = client.AppendAsync(stream, draft);
            if (client.Chance.Happens(0.15))
            {
                await client.ThinkAsync();
                await client.AppendAsync(stream, draft);
            }

            AppendAttempt attempt = await first;
            if (attempt.IsStored)
            {
                return attempt;
            }

            await client.ThinkAsync();
        }

        return null;
    }

    private static async Task ReuseKeyAsync(Client client, StreamName stream, AppendDraft first, AppendAttempt stored)
    {
        // Different events with the same keys, so that the request addresses the same partitions.
        AppendDraft other = first with
        {
            Request = client.Context.NextRequest(),
            Events = [.. first.Events.Select(e => e with { Id = client.Context.NextEvent() })],
            Identity = first.Identity!.Value with { Digest = new RequestDigest(new UInt128(client.Chance.Word(), client.Chance.Word())) },
            OnlyStreamId = stored.StreamId,
            ReusesKey = true,
        };
        await client.AppendAsync(stream, other);
    }
}
