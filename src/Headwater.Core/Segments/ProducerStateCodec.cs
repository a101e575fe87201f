using System.Buffers;
using System.Text;
using Headwater.Core.Avro;

namespace Headwater.Core.Segments;

/// <summary>
/// The producer state in segment headers and checkpoints, as Avro binary: an array of records {id string, epoch int, next long,
/// lastAppended long, recent array of {sequence long, base long, count int}}.
/// </summary>
public static class ProducerStateCodec
{
    /// <summary>One byte per field.</summary>
    private const int MinStateBytes = 5;
    private const int MinBatchBytes = 3;

    /// <summary>Writes the array.</summary>
    /// <exception cref="ArgumentException">A producer has more than <see cref="ProducerState.MaxRecent"/> recent batches.</exception>
    public static void Write(IBufferWriter<byte> output, IReadOnlyList<ProducerState> producers)
    {
        if (producers.Count > 0)
        {
            output.WriteBlockCount(producers.Count);
        }

        foreach (ProducerState producer in producers)
        {
            if (producer.Recent.Count > ProducerState.MaxRecent)
            {
                throw new ArgumentException(
                    $"Producer '{producer.Id}' has {producer.Recent.Count} recent batches; the limit is {ProducerState.MaxRecent}.", nameof(producers));
            }

            output.WriteString(producer.Id);
            output.WriteInt(producer.Epoch.Value);
            output.WriteLong(producer.Next.Value);
            output.WriteLong(producer.LastAppended.Value);
            WriteRecent(output, producer.Recent);
        }

        output.WriteBlockCount(0);
    }

    /// <summary>Reads the array.</summary>
    /// <exception cref="AvroFormatException">The bytes are not valid producer state.</exception>
    public static IReadOnlyList<ProducerState> Read(ref AvroReader reader)
    {
        var producers = new List<ProducerState>();
        while (true)
        {
            AvroBlock block = reader.ReadBlock(MinStateBytes);
            if (block.Count == 0)
            {
                return producers;
            }

            for (int i = 0; i < block.Count; i++)
            {
                producers.Add(new ProducerState(
                    Encoding.UTF8.GetString(reader.ReadUtf8()),
                    reader.ReadEpoch(),
                    reader.ReadSequence(),
                    reader.ReadMicros(),
                    ReadRecent(ref reader)));
            }

            reader.EndBlock(block);
        }
    }

    private static void WriteRecent(IBufferWriter<byte> output, IReadOnlyList<ProducerBatch> recent)
    {
        if (recent.Count > 0)
        {
            output.WriteBlockCount(recent.Count);
        }

        foreach (ProducerBatch batch in recent)
        {
            output.WriteLong(batch.Sequence.Value);
            output.WriteLong(batch.Base.Value);
            output.WriteInt(batch.Count);
        }

        output.WriteBlockCount(0);
    }

    private static List<ProducerBatch> ReadRecent(ref AvroReader reader)
    {
        var recent = new List<ProducerBatch>();
        while (true)
        {
            AvroBlock block = reader.ReadBlock(MinBatchBytes);
            if (block.Count == 0)
            {
                return recent;
            }

            if (block.Count > ProducerState.MaxRecent - recent.Count)
            {
                throw new AvroFormatException($"more than {ProducerState.MaxRecent} recent batches", reader.Position);
            }

            for (int i = 0; i < block.Count; i++)
            {
                recent.Add(new ProducerBatch(reader.ReadSequence(), reader.ReadOffset(), reader.ReadNaturalInt("a count")));
            }

            reader.EndBlock(block);
        }
    }
}
