using System.Buffers;
using System.Text;
using CsCheck;
using Headwater.Core.Avro;
using Headwater.Core.Positions;
using Headwater.Core.Schemas;
using Headwater.Core.Segments;

namespace Headwater.Core.Tests.Segments;

public sealed class BlockRoundTripTests
{
    private static readonly Gen<string> Text = Gen.OneOf(
        Gen.Char['a', 'z'].Array[0, 12].Select(chars => new string(chars)),
        Gen.Int[0, 0x10ffff].Where(Rune.IsValid).Select(scalar => new Rune(scalar).ToString()).Array[0, 200].Select(string.Concat));

    private static readonly Gen<UnixMicros> Instant =
        Gen.Long[UnixMicros.MinValue.Value, UnixMicros.MaxValue.Value].Select(micros => new UnixMicros(micros));

    private static readonly Gen<Input> Event = Gen.Select(
        Instant.Nullable(),
        Text.Null(),
        Gen.Dictionary(Text, Text)[0, 4],
        Gen.Byte.Array[0, 300].Null(),
        (time, key, headers, value) => new Input(time, key, [.. headers], value));

    private static readonly Gen<BatchRecord> Batch = Gen.Select(
        Gen.ULong,
        Gen.ULong.Nullable(),
        Text,
        Gen.Int[0, int.MaxValue],
        Gen.Long[0, long.MaxValue],
        Gen.Bool,
        (id, key, producer, epoch, sequence, sequenced) => new BatchRecord(
            new BatchId(new UInt128(id, ~id)),
            key is { } request ? new RequestKey(request) : null,
            key is { } digest ? new RequestDigest(~digest) : null,
            sequenced ? producer : null,
            sequenced ? new ProducerEpoch(epoch) : ProducerEpoch.None,
            sequenced ? new SequenceNumber(sequence) : SequenceNumber.Zero,
            1));

    [Theory]
    [InlineData(BlockCodec.Null)]
    [InlineData(BlockCodec.Deflate)]
    [InlineData(BlockCodec.Zstandard)]
    public void Any_batch_comes_back_as_it_went_in(BlockCodec codec) =>
        Gen.Select(Event.Array[1, 30], Batch, Gen.Long[0, long.MaxValue - 100], Instant).Sample((inputs, batch, offset, appended) =>
        {
            batch = batch with { Count = inputs.Length };
            using EventBatch events = Encode(inputs);
            var output = new ArrayBufferWriter<byte>();
            BlockEncoder.Write(events, batch, new Offset(offset), appended, codec, Samples.Sync, output);

            using var block = new DecodedBlock();
            Assert.True(BlockDecoder.TryRead(output.WrittenSpan, 0, codec, Samples.Sync, block));
            Assert.Equal(batch, block.Batch);
            Assert.Equal((output.WrittenCount, offset, appended), (block.Length, block.FirstOffset.Value, block.Appended));
            Assert.Equal(inputs.Select((input, i) => input.Expected(offset + i, appended.Value)), PlainEvent.AllOf(block, ValueSchema.Bytes));
        }, iter: 300);

    [Fact]
    public void A_batch_split_over_two_others_comes_back_from_each() =>
        Gen.Select(Event.Array[1, 30], Gen.Int).Sample((inputs, seed) =>
        {
            using EventBatch whole = Encode(inputs);
            using var odd = new EventBatch();
            for (int i = 0; i < whole.Count; i++)
            {
                if (((seed >> i) & 1) == 1)
                {
                    odd.AppendFrom(whole, i);
                }
            }

            Input[] expected = [.. inputs.Where((_, i) => ((seed >> i) & 1) == 1)];
            if (expected.Length == 0)
            {
                return;
            }

            using DecodedBlock block = Block(odd);
            Assert.Equal(expected.Select((input, i) => input.Expected(i, 5)), PlainEvent.AllOf(block, ValueSchema.Bytes));
        }, iter: 300);

    [Fact]
    public void A_batch_is_written_again_at_another_offset()
    {
        using var events = new EventBatch();
        Samples.Bytes(events, "k", [1]);
        Block(events).Dispose();
        var output = new ArrayBufferWriter<byte>();
        BlockEncoder.Write(events, Samples.PlainBatch, new Offset(777), new UnixMicros(6), BlockCodec.Null, Samples.Sync, output);

        using var block = new DecodedBlock();
        BlockDecoder.TryRead(output.WrittenSpan, 0, BlockCodec.Null, Samples.Sync, block);
        Assert.Equal(new PlainEvent(777, 6, null, "k", "", "020201"), Assert.Single(PlainEvent.AllOf(block, ValueSchema.Bytes)));
    }

    [Theory]
    [InlineData(BlockCodec.Null)]
    [InlineData(BlockCodec.Deflate)]
    [InlineData(BlockCodec.Zstandard)]
    public void A_block_of_sixteen_mebibytes_that_do_not_compress_comes_back(BlockCodec codec)
    {
        byte[] value = new byte[16 * 1024 * 1024];
        new Random(1).NextBytes(value);
        using var events = new EventBatch();
        Samples.Bytes(events, null, value);
        var output = new ArrayBufferWriter<byte>();
        BlockEncoder.Write(events, Samples.PlainBatch, Offset.Zero, new UnixMicros(5), codec, Samples.Sync, output);

        using var block = new DecodedBlock();
        BlockDecoder.TryRead(output.WrittenSpan, 0, codec, Samples.Sync, block);
        Assert.True(block.Data.EndsWith(value));
    }

    [Fact]
    public void A_batch_that_counts_wrong_is_not_written()
    {
        using var events = new EventBatch();
        Samples.Bytes(events, null, null);
        var output = new ArrayBufferWriter<byte>();
        Assert.Throws<ArgumentException>(() => BlockEncoder.Write(
            events, Samples.PlainBatch with { Count = 2 }, Offset.Zero, default, BlockCodec.Null, Samples.Sync, output));
        Assert.Equal(0, output.WrittenCount);
    }

    [Fact]
    public void A_batch_too_large_for_readers_is_not_written()
    {
        using var events = new EventBatch();
        Samples.Bytes(events, null, new byte[BlockEncoder.MaxUncompressedBytes]);
        var output = new ArrayBufferWriter<byte>();
        Assert.Throws<ArgumentException>(() => BlockEncoder.Write(
            events, Samples.PlainBatch, Offset.Zero, default, BlockCodec.Deflate, Samples.Sync, output));
        Assert.Equal(0, output.WrittenCount);
    }

    private static EventBatch Encode(Input[] inputs)
    {
        var events = new EventBatch();
        foreach (Input input in inputs)
        {
            events.Begin(input.Time, input.Key, input.Headers);
            events.Value.WriteUnionIndex(input.Value is null ? 0 : 1);
            if (input.Value is not null)
            {
                events.Value.WriteBytes(input.Value);
            }

            events.End();
        }

        return events;
    }

    private static DecodedBlock Block(EventBatch events)
    {
        var output = new ArrayBufferWriter<byte>();
        BatchRecord batch = Samples.PlainBatch with { Count = events.Count };
        BlockEncoder.Write(events, batch, Offset.Zero, new UnixMicros(5), BlockCodec.Null, Samples.Sync, output);
        var block = new DecodedBlock();
        Assert.True(BlockDecoder.TryRead(output.WrittenSpan, 0, BlockCodec.Null, Samples.Sync, block));
        return block;
    }

    private sealed record Input(UnixMicros? Time, string? Key, KeyValuePair<string, string>[] Headers, byte[]? Value)
    {
        public PlainEvent Expected(long offset, long appended) => new(
            offset, appended, Time?.Value, Key, string.Concat(Headers.Select(header => $"{header.Key}={header.Value}\n")), ExpectedValue());

        private string ExpectedValue()
        {
            var value = new ArrayBufferWriter<byte>();
            value.WriteUnionIndex(Value is null ? 0 : 1);
            if (Value is not null)
            {
                value.WriteBytes(Value);
            }

            return Convert.ToHexString(value.WrittenSpan);
        }
    }
}
