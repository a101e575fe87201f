using Headwater.Contracts.Errors;
using Headwater.Core.Positions;
using Headwater.Log.Maintenance;
using Headwater.Log.Model;
using Headwater.Log.Read;
using Headwater.Log.Streams;
using Headwater.Simulation.Checking;
using Headwater.Simulation.History;
using Headwater.Simulation.Instances;
using Headwater.Simulation.Service;
using Headwater.Simulation.Workload;

namespace Headwater.Simulation.Runs;

/// <summary>
/// After all faults end, everything must work: a new instance reads every partition from start to end, appends to it, reads the appended events, and
/// lists the streams. A stream that always fails stops no maintenance of the others.
/// </summary>
internal sealed class Aftermath(ClientContext context, StorageService service, Client client)
{
    private const int Tries = 10;

    private const int Rounds = 4;

    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(10);

    public void Run()
    {
        context.Fleet.Restart(0);
        bool finished = false;
        context.Start(client.Name, async () =>
        {
            await ListAsync();
            foreach (StreamName stream in context.Streams)
            {
                await MaintainAsync(stream);
                for (int partition = 0; partition < context.Plan.Partitions; partition++)
                {
                    await ReadAllAsync(stream, partition);
                    await AppendAndFindAsync(stream, partition);
                }
            }

            await new BrokenStream(context, service, client).MaintainBesideAsync(() => Fresh);
            finished = true;
        });
        if (!context.Timeline.Run(() => finished, Limit))
        {
            throw new ViolationException(ViolationKind.Stuck, "reading everything does not end");
        }
    }

    private SimulatedInstance Fresh => context.Fleet.Slots[0];

    /// <summary>Runs maintenance until no work is left, long enough for grace periods and tombstone retention to pass.</summary>
    private async Task MaintainAsync(StreamName stream)
    {
        for (int i = 0; i < Rounds; i++)
        {
            await context.PauseAsync(TimeSpan.FromSeconds(10));
            await context.Fleet.CallAsync(Fresh, (log, cancellation) => log.Maintenance.RunAsync(stream, MaintenanceWork.All, Limit, cancellation), Limit);
        }
    }

    private async Task ListAsync()
    {
        StreamPage page = await context.Fleet.CallAsync(Fresh, (log, cancellation) => log.Streams.ListAsync(null, 100, cancellation), Limit);
        IEnumerable<string> expected = service.All("").Where(i => i.Name.EndsWith("/stream.json", StringComparison.Ordinal)).Select(i => i.Name.Split('/')[0]);
        Require(page.Streams.Select(s => s.Name.Value).SequenceEqual(expected), ViolationKind.WrongRead, "the list of streams is not what is stored");
    }

    private async Task ReadAllAsync(StreamName stream, int partition)
    {
        long next = 0;
        ReadFrom from = ReadFrom.Earliest;
        TimeSpan began = context.Timeline.Now;
        var offsets = new List<long>();
        while (true)
        {
            ReadAttempt read = await ReadAsync(stream, partition, from, next);
            next = read.Page!.Next;
            offsets.AddRange(read.Page.Events.Select(e => e.Offset));
            from = ReadFrom.At(new Offset(next));
            if (read.Page.Events.Count == 0)
            {
                long stored = service.Watch.Partition(new PartitionKey(read.StreamId, partition)).End;
                context.History.Views.Add(
                    new ViewAttempt(read.StreamId, partition, offsets, next, read.Page.LogStart, read.Returned, context.Timeline.Now - began));
                Require(next == stored, ViolationKind.StaleRead, $"{stream}/{partition} seems to end at {next} and ends at {stored}");
                return;
            }
        }
    }

    /// <summary>An instance may still cache an older description of the stream; it refuses once.</summary>
    private async Task<ReadAttempt> ReadAsync(StreamName stream, int partition, ReadFrom from, long next)
    {
        ReadAttempt read = await client.ReadAsync(stream, partition, from, next, TimeSpan.Zero);
        for (int i = 0; i < Tries && read.Refusal == ErrorCode.StreamChanged; i++)
        {
            read = await client.ReadAsync(stream, partition, from, next, TimeSpan.Zero);
        }

        Require(read.Page is not null, ViolationKind.Stuck, $"{stream}/{partition} cannot be read at {next}: {read.Refusal}");
        return read;
    }

    private async Task AppendAndFindAsync(StreamName stream, int partition)
    {
        AppendAttempt appended = await client.AppendAsync(stream, Drafts.WithKey(Drafts.For(client, partition), client.Chance), Fresh);
        Require(appended.IsStored, ViolationKind.Stuck, $"{stream}/{partition} takes no events any more: {appended.Refusal}");
        long at = appended.Shares[0].Base!.Value;
        ReadAttempt read = await ReadAsync(stream, partition, ReadFrom.At(new Offset(at)), at);
        Require(read.Page?.Events is [var first, ..] && first.Id == appended.Events[0].Id, ViolationKind.Lost, $"{appended} is not found at {at}");
    }

    private static void Require(bool holds, ViolationKind kind, string otherwise)
    {
        if (!holds)
        {
            throw new ViolationException(kind, otherwise);
        }
    }
}
