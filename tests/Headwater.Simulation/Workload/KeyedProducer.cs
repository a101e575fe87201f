using Headwater.Core.Segments;
using Headwater.Log.Model;
using Headwater.Simulation.History;

namespace Headwater.Simulation.Workload;

/// <summary>
/// Sends every request with an Idempotency-Key and repeats it until it is stored: after a missing answer, while an answer is pending, and after an
/// acknowledgement.
/// </summary>
internal static class KeyedProducer
{
    private const int Tries = 8;

    public static async Task RunAsync(Client client)
    {
        while (!client.IsStopping)
        {
            await client.ThinkAsync();
            StreamName stream = client.AnyStream();
            AppendDraft draft = Drafts.WithKey(Drafts.Any(client), client.Chance);
            AppendAttempt? stored = await RepeatAsync(client, stream, draft);
            if (stored is null)
            {
                continue;
            }

            if (client.Chance.Happens(0.2))
            {
                await client.AppendAsync(stream, draft);
            }

            if (client.Chance.Happens(0.1))
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
