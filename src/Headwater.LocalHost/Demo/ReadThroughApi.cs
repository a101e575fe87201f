using System.Diagnostics;
using Headwater.LocalHost.Errors;

namespace Headwater.LocalHost.Demo;

/// <param name="Where">Every event at its partition and offset.</param>
/// <param name="Partitions">The events of each partition in order.</param>
/// <param name="Elapsed">The time from the first request to the last event.</param>
internal sealed record ReadBack(PartitionedLines Where, IReadOnlyList<IReadOnlyList<LogEvent>> Partitions, TimeSpan Elapsed)
{
    public long Count => Partitions.Sum(p => (long)p.Count);
}

/// <summary>Reads every partition from offset 0 to its end, all partitions in parallel.</summary>
internal sealed class ReadThroughApi(LogClient client, DemoStream stream)
{
    public async Task<ReadBack> RunAsync(CancellationToken cancellation)
    {
        long began = Stopwatch.GetTimestamp();
        List<(long Offset, LogEvent Event)>[] partitions =
            await Task.WhenAll(Enumerable.Range(0, stream.Partitions).Select(p => ReadPartitionAsync(p, cancellation)));
        TimeSpan elapsed = Stopwatch.GetElapsedTime(began);
        PartitionedLines where = new(stream.Partitions);
        for (int partition = 0; partition < partitions.Length; partition++)
        {
            foreach ((long offset, LogEvent logEvent) in partitions[partition])
            {
                if (!where.Add(new Placement(partition, offset), logEvent))
                {
                    throw new HostException($"Offset {offset} of {stream.Name}/{partition} was delivered twice.");
                }
            }
        }

        return new ReadBack(where, Array.ConvertAll(partitions, p => (IReadOnlyList<LogEvent>)[.. p.Select(e => e.Event)]), elapsed);
    }

    private async Task<List<(long Offset, LogEvent Event)>> ReadPartitionAsync(int partition, CancellationToken cancellation)
    {
        List<(long Offset, LogEvent Event)> read = [];
        EventPage page = new([], 0);
        do
        {
            page = await client.ReadAsync(stream, partition, page.Next, cancellation);
            read.AddRange(page.Events);
        }
        while (page.Events.Count > 0);
        return read;
    }
}
