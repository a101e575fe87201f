using Headwater.Contracts.Errors;
using Headwater.Core.Positions;
using Headwater.Log.Model;
using Headwater.Log.Read;
using Headwater.Simulation.History;
using Headwater.Simulation.Scheduling;

namespace Headwater.Simulation.Workload;

/// <summary>Readers that follow a partition, and readers that start at random offsets.</summary>
internal static class Readers
{
    public static async Task TailAsync(Client client)
    {
        StreamName stream = client.AnyStream();
        int partition = client.Chance.Below(client.Context.Plan.Partitions);
        long next = 0;
        string streamId = "";
        while (!client.IsStopping)
        {
            await client.ThinkAsync();
            TimeSpan wait = client.Chance.Happens(0.5) ? TimeSpan.Zero : client.Chance.LogTime(TimeSpan.FromMilliseconds(10), TimeSpan.FromSeconds(3));
            ReadAttempt read = await client.ReadAsync(stream, partition, ReadFrom.At(new Offset(next)), next, wait);
            next = read switch
            {
                { StreamId: not "" } when read.StreamId != streamId => 0,
                { Page: { } page } => page.Next,
                { Refusal: ErrorCode.OffsetBelowStart, RefusalFact: { } start } => start,
                _ => next,
            };
            streamId = read.StreamId.Length > 0 ? read.StreamId : streamId;
        }
    }

    /// <summary>Builds views: reads from the earliest event to the end, page by page.</summary>
    public static async Task ViewAsync(Client client)
    {
        while (!client.IsStopping)
        {
            await client.ThinkAsync();
            await BuildViewAsync(client, client.AnyStream(), client.Chance.Below(client.Context.Plan.Partitions));
        }
    }

    private static async Task BuildViewAsync(Client client, StreamName stream, int partition)
    {
        TimeSpan began = client.Context.Timeline.Now;
        ReadAttempt read = await client.ReadAsync(stream, partition, ReadFrom.Earliest, 0, TimeSpan.Zero);
        string streamId = read.StreamId;
        var offsets = new List<long>();
        long logStart = 0;
        while (read.Page is { } page && read.StreamId == streamId && !client.IsStopping)
        {
            logStart = Math.Max(logStart, page.LogStart);
            offsets.AddRange(page.Events.Select(e => e.Offset));
            if (page.Events.Count == 0)
            {
                client.Context.History.Views.Add(
                    new ViewAttempt(streamId, partition, offsets, page.Next, logStart, read.Returned, client.Context.Timeline.Now - began));
                return;
            }

            read = await client.ReadAsync(stream, partition, ReadFrom.At(new Offset(page.Next)), page.Next, TimeSpan.Zero);
        }
    }

    public static async Task BrowseAsync(Client client)
    {
        long known = 0;
        long time = InstanceClock.Origin.ToUnixTimeMilliseconds() * 1000;
        while (!client.IsStopping)
        {
            await client.ThinkAsync();
            ReadAttempt read = await LookAsync(client, known, time);
            if (read.Page is { } page)
            {
                known = Math.Max(1, page.LogEnd);
                time = page.Events.Count > 0 ? page.Events[client.Chance.Below(page.Events.Count)].Appended : time;
            }
        }
    }

    private static Task<ReadAttempt> LookAsync(Client client, long known, long time)
    {
        StreamName stream = client.AnyStream();
        int partition = client.Chance.Below(client.Context.Plan.Partitions);
        long offset = client.Chance.Below((int)known + 3);
        long since = time + client.Chance.Between(-2, 2) + (client.Chance.Happens(0.3) ? client.Chance.Between(-3_000_000, 3_000_000) : 0);
        return client.Chance.Below(8) switch
        {
            0 => client.ReadAsync(stream, partition, ReadFrom.Earliest, 0, TimeSpan.Zero),
            1 => client.ReadAsync(stream, partition, ReadFrom.Latest, 0, TimeSpan.Zero),
            2 or 3 => client.ReadAsync(stream, partition, ReadFrom.Since(new UnixMicros(since)), since, TimeSpan.Zero),
            4 => client.ReadRawAsync(stream, partition, ReadFrom.At(new Offset(offset)), offset),
            5 => client.EndAsync(stream, partition),
            _ => client.ReadAsync(stream, partition, ReadFrom.At(new Offset(offset)), offset, TimeSpan.Zero),
        };
    }
}
