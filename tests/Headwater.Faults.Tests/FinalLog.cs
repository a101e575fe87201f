using System.Text.Json;
using Headwater.Core.Avro;
using Headwater.Core.Positions;
using Headwater.Core.Segments;
using Headwater.Log;
using Headwater.Log.Model;
using Headwater.Log.Ports;
using Headwater.Log.Read;
using Headwater.Storage.Azure;
using Headwater.Storage.Azure.Connecting;
using Headwater.Storage.Azure.Metering;

namespace Headwater.Faults.Tests;

internal readonly record struct Found(int Partition, long Offset);

/// <summary>The contents of the log after the run, read over storage without faults by a process that did not write to it.</summary>
internal sealed class FinalLog
{
    public Dictionary<EventName, List<Found>> Events { get; } = [];

    /// <summary>Events whose offset is not the previous event's offset plus one.</summary>
    public List<Found> Gaps { get; } = [];

    public static async Task<FinalLog> ReadAsync(string connectionString)
    {
        using var meter = new StorageMeter();
        var storage = new AzureStorage(new AzureStorageOptions { ConnectionString = connectionString }, meter, TimeProvider.System);
        var log = new EventLog(new LogPorts(storage.OpenBlobs("streams"), storage.OpenTables(), TimeProvider.System, Randomness.System), LogOptions.Default);
        StreamDescription stream = await log.Streams.GetAsync(StreamName.Parse("faults"), CancellationToken.None);
        var final = new FinalLog();
        for (int partition = 0; partition < stream.Partitions; partition++)
        {
            await final.ReadPartitionAsync(log, stream, new PartitionId(partition));
        }

        return final;
    }

    private async Task ReadPartitionAsync(EventLog log, StreamDescription stream, PartitionId partition)
    {
        Offset next = Offset.Zero;
        while (true)
        {
            var request = new ReadRequest(partition, ReadFrom.At(next), Limits.ReadEventsMax, Limits.ReadBytesMax, TimeSpan.Zero);
            using ReadPage page = await log.ReadAsync(stream, request, CancellationToken.None);
            if (page.Blocks.Count == 0)
            {
                return;
            }

            foreach (ReadBlock block in page.Blocks)
            {
                next = Take(block, partition, next);
            }
        }
    }

    private Offset Take(ReadBlock block, PartitionId partition, Offset next)
    {
        foreach (DecodedEvent view in block.Block.GetEvents(block.Schema))
        {
            if (!block.Deliver.Contains(view.Offset))
            {
                continue;
            }

            var found = new Found(partition.Value, view.Offset.Value);
            if (view.Offset != next)
            {
                Gaps.Add(found);
            }

            next = view.Offset.Next;
            EventName name = NameOf(view, block);
            if (!Events.TryGetValue(name, out List<Found>? places))
            {
                Events[name] = places = [];
            }

            places.Add(found);
        }

        return next;
    }

    private static EventName NameOf(DecodedEvent view, ReadBlock block)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            var reader = new AvroReader(view.Value);
            block.Schema.WriteJson(ref reader, json);
        }

        JsonElement value = JsonDocument.Parse(buffer.ToArray()).RootElement;
        return new EventName(value.GetProperty("producer").GetString()!, value.GetProperty("number").GetInt64());
    }
}
