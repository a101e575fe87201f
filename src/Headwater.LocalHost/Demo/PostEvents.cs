using System.Buffers;
using System.Diagnostics;
using System.Text.Json;

namespace Headwater.LocalHost.Demo;

/// <param name="Where">Every event at the partition and offset that the API returned.</param>
/// <param name="Bytes">The size of the request bodies.</param>
/// <param name="Elapsed">The time from the first request to the last response.</param>
/// <param name="Distinct">Whether no offset was returned twice.</param>
internal sealed record Posted(PartitionedLines Where, long Bytes, TimeSpan Elapsed, bool Distinct);

/// <summary>
/// Posts events in batches. For a stream with keys, requests are sequential, so that each key keeps the order of the data; for a stream
/// without keys, several requests run in parallel.
/// </summary>
internal sealed class PostEvents(LogClient client, DemoStream stream, int batch, int requestsAtOnce)
{
    public async Task<Posted> RunAsync(IReadOnlyList<LogEvent> events, Action<int> progress, CancellationToken cancellation)
    {
        LogEvent[][] chunks = [.. events.Chunk(batch)];
        ReadOnlyMemory<byte>[] bodies = Array.ConvertAll(chunks, Encode);
        IReadOnlyList<Placement>[] places = new IReadOnlyList<Placement>[chunks.Length];
        ParallelOptions atOnce = new() { MaxDegreeOfParallelism = requestsAtOnce, CancellationToken = cancellation };
        long began = Stopwatch.GetTimestamp();
        await Parallel.ForAsync(0, chunks.Length, atOnce, async (i, token) =>
        {
            places[i] = await client.PostAsync(stream, bodies[i], token);
            progress(chunks[i].Length);
        });
        TimeSpan elapsed = Stopwatch.GetElapsedTime(began);
        PartitionedLines where = new(stream.Partitions);
        bool distinct = chunks.Zip(places).All(pair => Note(pair.First, pair.Second, where));
        return new Posted(where, bodies.Sum(b => (long)b.Length), elapsed, distinct);
    }

    private ReadOnlyMemory<byte> Encode(LogEvent[] chunk)
    {
        ArrayBufferWriter<byte> body = new();
        using Utf8JsonWriter json = new(body);
        json.WriteStartArray();
        foreach (LogEvent logEvent in chunk)
        {
            stream.Write(logEvent, json);
        }

        json.WriteEndArray();
        json.Flush();
        return body.WrittenMemory;
    }

    private static bool Note(LogEvent[] chunk, IReadOnlyList<Placement> places, PartitionedLines where) =>
        places.Count == chunk.Length && places.Zip(chunk).All(pair => where.Add(pair.First, pair.Second));
}
