using System.Diagnostics;
using System.Globalization;
using Avro.File;
using Avro.Generic;
using Headwater.LocalHost.Errors;

namespace Headwater.LocalHost.Demo;

/// <param name="Where">Every event at its partition and offset.</param>
/// <param name="Bytes">The number of bytes downloaded.</param>
/// <param name="Download">The time of the downloads.</param>
/// <param name="Elapsed">The time of downloads and decoding.</param>
internal sealed record SegmentsRead(PartitionedLines Where, long Bytes, TimeSpan Download, TimeSpan Elapsed);

/// <summary>Downloads the segments through their signed URLs and decodes them with Apache.Avro alone, to show that the files are self-describing.</summary>
internal sealed class ReadSegmentFiles(LogClient client, HttpClient plain, DemoStream stream)
{
    public async Task<SegmentsRead> RunAsync(CancellationToken cancellation)
    {
        long began = Stopwatch.GetTimestamp();
        IReadOnlyList<SegmentFile> segments = await client.SegmentsAsync(stream, cancellation);
        long downloading = Stopwatch.GetTimestamp();
        byte[][] files = await Task.WhenAll(segments.Select(s => plain.GetByteArrayAsync(s.Url, cancellation)));
        TimeSpan download = Stopwatch.GetElapsedTime(downloading);
        PartitionedLines where = new(stream.Partitions);
        for (int i = 0; i < files.Length; i++)
        {
            Decode(files[i], segments[i].Partition, where);
        }

        return new SegmentsRead(where, files.Sum(f => (long)f.Length), download, Stopwatch.GetElapsedTime(began));
    }

    private void Decode(byte[] file, int partition, PartitionedLines where)
    {
        using MemoryStream bytes = new(file);
        using IFileReader<GenericRecord> reader = DataFileReader<GenericRecord>.OpenReader(bytes);
        while (reader.HasNext())
        {
            GenericRecord record = reader.Next();
            long offset = (long)record["offset"];
            if (!where.Add(new Placement(partition, offset), Event(record)))
            {
                throw new HostException($"Offset {offset} of {stream.Name}/{partition} is in the files twice.");
            }
        }
    }

    private LogEvent Event(GenericRecord record)
    {
        long? time = record["time"] switch
        {
            null => null,
            DateTime date => DemoStream.Micros(new DateTimeOffset(DateTime.SpecifyKind(date, DateTimeKind.Utc))),
            object micros => Convert.ToInt64(micros, CultureInfo.InvariantCulture),
        };
        return new LogEvent((string?)record["key"], time, record["value"] is GenericRecord value ? [.. stream.Fields.Select(f => Value(value[f.Name]))] : null);
    }

    private static object Value(object value) => value is int number ? (long)number : value;
}
