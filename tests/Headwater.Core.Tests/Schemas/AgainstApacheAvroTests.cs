using Avro;
using Avro.Generic;
using Avro.IO;
using CsCheck;
using Headwater.Core.Schemas;

namespace Headwater.Core.Tests.Schemas;

/// <summary>Compares our codec with Apache.Avro's generic writer and reader, on random values of random schemas.</summary>
public sealed class AgainstApacheAvroTests
{
    private const int Samples = 2_000;

    [Fact]
    public void What_Apache_Avro_wrote_goes_out_as_JSON_and_comes_back_as_the_same_bytes() =>
        Gen.Int.Sample(
            seed =>
            {
                (string text, string plain, Func<Schema, object?> value) = RandomSchema.From(seed);
                UnionSchema union = StoredUnion(plain);
                ValueSchema schema = ValueSchema.Parse(text);
                byte[] written = Write(union, value(Schema.Parse(plain)));

                string json = Coding.Decode(schema, written);
                byte[] again = Coding.Encode(schema, json);

                Assert.True(written.AsSpan().SequenceEqual(again), $"{text}\n{json}\n{Convert.ToHexString(written)}\n{Convert.ToHexString(again)}");
            },
            iter: Samples);

    [Fact]
    public void What_was_written_from_JSON_is_what_Apache_Avro_reads_and_writes() =>
        Gen.Int.Sample(
            seed =>
            {
                (string text, string plain, Func<Schema, object?> value) = RandomSchema.From(seed);
                UnionSchema union = StoredUnion(plain);
                ValueSchema schema = ValueSchema.Parse(text);
                byte[] encoded = Coding.Encode(schema, Coding.Decode(schema, Write(union, value(Schema.Parse(plain)))));

                var decoder = new BinaryDecoder(new MemoryStream(encoded));
                object read = new GenericReader<object>(union, union).Read(null!, decoder);

                Assert.True(encoded.AsSpan().SequenceEqual(Write(union, read)), text);
            },
            iter: Samples);

    [Fact]
    public void JSON_that_came_out_goes_in_and_comes_out_as_it_was() =>
        Gen.Int.Sample(
            seed =>
            {
                (string text, string plain, Func<Schema, object?> value) = RandomSchema.From(seed);
                ValueSchema schema = ValueSchema.Parse(text);
                string json = Coding.Decode(schema, Write(StoredUnion(plain), value(Schema.Parse(plain))));

                Assert.Equal(json, Coding.Decode(schema, Coding.Encode(schema, json)));
            },
            iter: Samples);

    [Fact]
    public void The_value_of_a_container_file_becomes_the_value_of_an_event() =>
        Gen.Int.Sample(
            seed =>
            {
                (string text, string plain, Func<Schema, object?> value) = RandomSchema.From(seed);
                var own = Schema.Parse(plain);
                object? one = value(own);
                var reader = new Headwater.Core.Avro.AvroReader(Write(own, one));
                var output = new System.Buffers.ArrayBufferWriter<byte>();

                ValueSchema.Parse(text).CopyValue(ref reader, output);

                Assert.Equal(0, reader.Remaining);
                Assert.True(output.WrittenSpan.SequenceEqual(Write(StoredUnion(plain), one)), text);
            },
            iter: Samples);

    /// <summary>A random value as Apache.Avro writes it, with the index of the union that every stored value is in.</summary>
    internal static byte[] Written(string plain, Func<Schema, object?> value) => Write(StoredUnion(plain), value(Schema.Parse(plain)));

    private static UnionSchema StoredUnion(string plain)
    {
        Schema own = Schema.Parse(plain);
        IEnumerable<Schema> branches = own is UnionSchema union ? union.Schemas : [own];
        return UnionSchema.Create([PrimitiveSchema.Create(Schema.Type.Null), .. branches.Where(branch => branch.Tag != Schema.Type.Null)]);
    }

    private static byte[] Write(Schema schema, object? value)
    {
        using var stream = new MemoryStream();
        new GenericWriter<object>(schema).Write(value!, new BinaryEncoder(stream));
        return stream.ToArray();
    }
}
