using System.Buffers;
using CsCheck;
using Headwater.Core.Avro;
using Headwater.Core.Positions;
using Headwater.Core.Segments;

namespace Headwater.Core.Tests.Segments;

public sealed class ProducerStateTests
{
    /// <summary>The schema with which another implementation reads headwater.producers, repeated here so that a change fails the test.</summary>
    private const string Schema =
        """
        {"type":"array","items":{"type":"record","name":"ProducerState","fields":[
          {"name":"id","type":"string"},{"name":"epoch","type":"int"},{"name":"next","type":"long"},{"name":"lastAppended","type":"long"},
          {"name":"recent","type":{"type":"array","items":{"type":"record","name":"ProducerBatch","fields":[
            {"name":"sequence","type":"long"},{"name":"base","type":"long"},{"name":"count","type":"int"}]}}}]}}
        """;

    private static readonly Gen<ProducerState> State = Gen.Select(
        Gen.Char['a', 'z'].Array[0, 20],
        Gen.Int[0, int.MaxValue],
        Gen.Long[0, long.MaxValue],
        Gen.Long[UnixMicros.MinValue.Value, UnixMicros.MaxValue.Value],
        Gen.Select(Gen.Long[0, long.MaxValue], Gen.Long[0, long.MaxValue], Gen.Int[0, int.MaxValue]).Array[0, 16],
        (id, epoch, next, last, recent) => new ProducerState(
            new string(id), new ProducerEpoch(epoch), new SequenceNumber(next), new UnixMicros(last),
            [.. recent.Select(batch => new ProducerBatch(new SequenceNumber(batch.Item1), new Offset(batch.Item2), batch.Item3))]));

    [Fact]
    public void Any_state_comes_back_as_it_went_in() => State.Array[0, 8].Sample(producers =>
    {
        var reader = new AvroReader(Write(producers));
        SegmentHeaderTests.AssertSameProducers(producers, ProducerStateCodec.Read(ref reader));
        Assert.Equal(0, reader.Remaining);
    }, iter: 500);

    [Fact]
    public void Apache_Avro_reads_the_state_by_its_schema()
    {
        var schema = global::Avro.Schema.Parse(Schema);
        using var stream = new MemoryStream(Write(Samples.Producers));
        object[] read = new global::Avro.Generic.GenericReader<object[]>(schema, schema).Read([], new global::Avro.IO.BinaryDecoder(stream));
        var loader = (global::Avro.Generic.GenericRecord)read[0];
        var last = (global::Avro.Generic.GenericRecord)((object[])loader["recent"])[1];
        Assert.Equal(
            (2, "loader-7", 5, 1_000_000L, 999_999L, 97L, 3),
            (read.Length, loader["id"], loader["epoch"], loader["next"], last["sequence"], last["base"], last["count"]));
    }

    [Fact]
    public void Seventeen_recent_batches_are_not_written() =>
        Assert.Throws<ArgumentException>(() => Write([Samples.Producers[0] with { Recent = Repeated(17) }]));

    [Fact]
    public void Seventeen_recent_batches_are_refused()
    {
        byte[] bytes = Write([Samples.Producers[0] with { Recent = Repeated(16) }]);
        int count = Array.LastIndexOf(bytes, (byte)32);
        byte[] more = [.. bytes[..count], 34, 0, 0, 2, .. bytes[(count + 1)..]];
        Assert.Throws<AvroFormatException>(() =>
        {
            var reader = new AvroReader(more);
            ProducerStateCodec.Read(ref reader);
        });
    }

    [Fact]
    public void Cut_anywhere_it_is_refused()
    {
        byte[] bytes = Write(Samples.Producers);
        for (int length = 0; length < bytes.Length; length++)
        {
            byte[] cut = bytes[..length];
            Assert.True(Assert.Throws<AvroFormatException>(() =>
            {
                var reader = new AvroReader(cut);
                ProducerStateCodec.Read(ref reader);
            }).IsTruncated);
        }
    }

    private static ProducerBatch[] Repeated(int count) =>
        [.. Enumerable.Repeat(new ProducerBatch(SequenceNumber.Zero, Offset.Zero, 1), count)];

    private static byte[] Write(IReadOnlyList<ProducerState> producers)
    {
        var output = new ArrayBufferWriter<byte>();
        ProducerStateCodec.Write(output, producers);
        return output.WrittenSpan.ToArray();
    }
}
