using Headwater.Contracts.Errors;
using Headwater.Log;
using Headwater.Log.Model;
using Headwater.Simulation.History;

namespace Headwater.Simulation.Workload;

/// <summary>
/// A producer with epochs and sequences. It repeats requests with unknown outcomes, sends ahead, restarts when fenced, and may share its id with another
/// producer unknowingly. Where batches are kept, it sometimes sends a stored sequence with other events, which must be refused.
/// </summary>
internal static class SequencedProducer
{
    private const int Tries = 6;

    private const int MeanRequestsPerStart = 15;

    public static async Task RunAsync(Client client, string producer)
    {
        while (!client.IsStopping)
        {
            StreamName stream = client.AnyStream();
            if (await StartAsync(client, stream, producer) is { } session)
            {
                await SendAsync(client, session);
            }

            await client.ThinkAsync();
        }
    }

    private static async Task<Session?> StartAsync(Client client, StreamName stream, string producer)
    {
        long invoked = client.Context.Begin();
        try
        {
            (string streamId, ProducerStart start) = await client.Context.Fleet.CallAsync(
                client.AnyInstance(),
                async (log, cancellation) =>
                {
                    StreamDescription description = await log.Streams.GetAsync(stream, cancellation);
                    return (description.StreamId, await log.StartProducerAsync(description, producer, cancellation));
                },
                TimeSpan.FromSeconds(20));
            client.Context.History.Epochs.Add(new EpochStart(streamId, producer, start.Epoch.Value, invoked, client.Context.Timeline.NextStep()));
            client.Write($"starts epoch {start.Epoch} of {producer}");
            return new Session(stream, streamId, producer, start.Epoch.Value, [.. start.NextSequences.OrderBy(s => s.Key).Select(s => s.Value.Value)]);
        }
        catch (Exception problem)
        {
            Answers.Read(problem, out _, out _);
            return null;
        }
    }

    private static async Task SendAsync(Client client, Session session)
    {
        while (!client.IsStopping && !client.Chance.Happens(1.0 / MeanRequestsPerStart))
        {
            await client.ThinkAsync();
            int partition = client.Chance.Below(session.Next.Length);
            if (!await SendOneAsync(client, session, partition))
            {
                return;
            }

            if (client.Chance.Happens(0.1) && session.Last[partition] is { } last)
            {
                await client.AppendAsync(session.Stream, last);
            }

            if (client.Context.Plan.KeepsBatches && client.Chance.Happens(0.1) && session.Last[partition] is { } stored)
            {
                await client.AppendAsync(session.Stream, WithOtherEvents(client, stored));
            }
        }
    }

    /// <returns>False if this session has ended.</returns>
    private static async Task<bool> SendOneAsync(Client client, Session session, int partition)
    {
        AppendDraft draft = session.Draft(client, partition, ahead: 0);
        AppendDraft? ahead = client.Chance.Happens(0.15) ? session.Draft(client, partition, ahead: 1) : null;
        for (int i = 0; i < Tries; i++)
        {
            Task<AppendAttempt> first = client.AppendAsync(session.Stream, draft);
            AppendAttempt? second = ahead is null ? null : await client.AppendAsync(session.Stream, ahead);
            AppendAttempt attempt = await first;
            if (attempt.IsStored)
            {
                bool both = second?.IsStored == true;
                session.Last[partition] = both ? ahead : draft;
                session.Next[partition] += both ? 2 : 1;
                return ahead is null || both || await FinishAsync(client, session, partition, ahead);
            }

            if (attempt.Refusal is ErrorCode.StaleEpoch or ErrorCode.EpochForgotten or ErrorCode.SequenceGap or ErrorCode.ProducerNotStarted
                or ErrorCode.StreamNotFound)
            {
                return false;
            }

            await client.ThinkAsync();
        }

        return false;
    }

    /// <summary>Requests that were sent ahead must follow: no other request may use their sequences.</summary>
    private static async Task<bool> FinishAsync(Client client, Session session, int partition, AppendDraft ahead)
    {
        for (int i = 0; i < Tries; i++)
        {
            if ((await client.AppendAsync(session.Stream, ahead)).IsStored)
            {
                session.Last[partition] = ahead;
                session.Next[partition]++;
                return true;
            }

            await client.ThinkAsync();
        }

        return false;
    }

    private static AppendDraft WithOtherEvents(Client client, AppendDraft stored) => stored with
    {
        Request = client.Context.NextRequest(),
        Events = [.. stored.Events.Select(e => e with { Id = client.Context.NextEvent() })],
        Digest = Drafts.AnyDigest(client.Chance),
        ReusesSequence = true,
    };

    private sealed record Session(StreamName Stream, string StreamId, string Producer, int Epoch, long[] Next)
    {
        public AppendDraft?[] Last { get; } = new AppendDraft?[Next.Length];

        public AppendDraft Draft(Client client, int partition, int ahead) => Drafts.For(client, partition) with
        {
            Producer = new ProducerStamp(Producer, Epoch, Next[partition] + ahead),
            Digest = Drafts.AnyDigest(client.Chance),
            OnlyStreamId = StreamId,
        };
    }
}
