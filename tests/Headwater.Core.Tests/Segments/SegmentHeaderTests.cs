using System.Buffers;
using System.Text;
using CsCheck;
using Headwater.Core.Avro;
using Headwater.Core.Positions;
using Headwater.Core.Schemas;
using Headwater.Core.Segments;

namespace Headwater.Core.Tests.Segments;

public sealed class SegmentHeaderTests
{
    /// <summary>Every key of the format, repeated here: stored segments depend on the exact names.</summary>
    private static readonly string[] Keys =
    [
        "avro.schema", "avro.codec", "headwater.format", "headwater.stream", "headwater.stream_id", "headwater.partition",
        "headwater.base_offset", "headwater.schema", "headwater.schema_version", "headwater.producers", "headwater.keys_since", "headwater.crc",
    ];

    [Theory]
    [InlineData(BlockCodec.Null)]
    [InlineData(BlockCodec.Deflate)]
    [InlineData(BlockCodec.Zstandard)]
    public void A_header_comes_back_as_it_went_in(BlockCodec codec)
    {
        SegmentHeader header = Samples.Header(codec);
        SegmentHeader read = Read(Write(header));
        Assert.Equal(Facts(header), Facts(read));
        AssertSameProducers(header.Producers, read.Producers);
    }

    [Fact]
    public void A_header_without_what_may_be_absent_comes_back()
    {
        SegmentHeader read = Read(Write(Samples.BareHeader));
        Assert.Equal(Facts(Samples.BareHeader), Facts(read));
        Assert.Same(ValueSchema.Bytes, read.Schema);
        Assert.Empty(read.Producers);
    }

    [Fact]
    public void The_metadata_has_these_keys_in_this_order() => Assert.Equal(Keys, Metadata(Write(Samples.Header(BlockCodec.Null))).Keys);

    [Fact]
    public void What_may_be_absent_is_absent() => Assert.Equal(
        Keys.Except(["headwater.schema", "headwater.producers", "headwater.keys_since"]), Metadata(Write(Samples.BareHeader)).Keys);

    [Fact]
    public void The_metadata_are_texts_and_decimal_numbers()
    {
        Dictionary<string, string> metadata = Metadata(Write(Samples.Header(BlockCodec.Zstandard)));
        Assert.Equal(
            ["zstandard", "1", "flights", "0123456789abcdef0123456789abcdef", "3", "100", Samples.FlightSchema, "2", "42"],
            Keys.Except(["avro.schema", "headwater.producers", "headwater.crc"]).Select(key => metadata[key]));
    }

    [Fact]
    public void The_checksum_is_hexadecimal_over_the_header_with_zero_digits()
    {
        byte[] header = Write(Samples.BareHeader);
        int digits = header.Length - 16 - 1 - 8;
        string stored = Encoding.ASCII.GetString(header, digits, 8);
        "00000000"u8.CopyTo(header.AsSpan(digits));
        Assert.Equal($"{HandWrittenBlock.SlowCrc32C(header):x8}", stored);
    }

    [Fact]
    public void A_header_without_producers_tells_readers_the_rest()
    {
        SegmentHeader header = Samples.Header(BlockCodec.Deflate);
        SegmentHeader read = Read(Write(header.WithoutProducers()));
        Assert.Equal(Facts(header with { KeysSince = null }), Facts(read));
        Assert.Empty(read.Producers);
    }

    [Fact]
    public void What_is_remembered_comes_back()
    {
        SegmentHeader header = Samples.Header(BlockCodec.Null) with
        {
            ProducersForgotten = new UnixMicros(5),
            Keys = [new(new Offset(42), 3, new UnixMicros(7)), new(new Offset(90), 65_536, new UnixMicros(8))],
        };
        SegmentHeader read = Read(Write(header));
        Assert.Equal(header.ProducersForgotten, read.ProducersForgotten);
        Assert.Equal(header.Keys, read.Keys);
    }

    [Fact]
    public void A_header_of_an_older_version_does_not_say_what_was_forgotten()
    {
        SegmentHeader read = Read(Write(Samples.Header(BlockCodec.Null)));
        Assert.Null(read.ProducersForgotten);
        Assert.Empty(read.Keys);
    }

    [Fact]
    public void Bytes_behind_the_header_are_not_its()
    {
        byte[] header = Write(Samples.BareHeader);
        Assert.True(SegmentHeader.TryRead([.. header, 1, 2, 3], out _, out int length));
        Assert.Equal(header.Length, length);
    }

    [Theory]
    [InlineData("headwater.format", "2")]
    [InlineData("avro.codec", "snappy")]
    [InlineData("headwater.partition", "-1")]
    [InlineData("headwater.partition", "2147483648")]
    [InlineData("headwater.base_offset", "1.0")]
    [InlineData("headwater.base_offset", "9223372036854775808")]
    [InlineData("headwater.schema_version", " 1")]
    [InlineData("headwater.schema", "{")]
    [InlineData("headwater.producers", "\u0002")]
    [InlineData("headwater.keys_since", "")]
    [InlineData("headwater.keys", "")]
    [InlineData("headwater.keys", "1:2")]
    [InlineData("headwater.keys", "1:0:3")]
    [InlineData("headwater.keys", "2:1:3,1:1:3")]
    [InlineData("headwater.producers_forgotten", "-1")]
    [InlineData("headwater.producers_forgotten", "253402300800000000")]
    [InlineData("headwater.crc", "0")]
    public void A_header_that_says_something_else_is_reported(string key, string value)
    {
        Dictionary<string, string> metadata = Metadata(Write(Samples.BareHeader));
        metadata.Remove("headwater.crc");
        metadata[key] = value;
        Reported([.. metadata], "headwater.crc" == key ? 0 : 1);
    }

    [Fact]
    public void A_header_that_lacks_a_key_is_reported()
    {
        Dictionary<string, string> metadata = Metadata(Write(Samples.BareHeader));
        foreach (string key in metadata.Keys)
        {
            Reported([.. metadata.Where(pair => pair.Key != key && pair.Key != "headwater.crc")], key == "headwater.crc" ? 0 : 1);
        }
    }

    [Fact]
    public void A_header_that_says_something_twice_is_reported()
    {
        List<KeyValuePair<string, string>> metadata = [.. Metadata(Write(Samples.BareHeader)).Where(pair => pair.Key != "headwater.crc")];
        Reported([.. metadata, metadata[3]], 1);
    }

    [Fact]
    public void A_header_with_a_key_of_a_later_time_is_read()
    {
        List<KeyValuePair<string, string>> metadata = [.. Metadata(Write(Samples.BareHeader)).Where(pair => pair.Key != "headwater.crc")];
        Assert.Equal("bare", Read(WriteByHand([.. metadata, new("headwater.later", "x")], 1)).Stream);
    }

    [Fact]
    public void A_header_that_goes_on_past_four_mebibytes_is_reported()
    {
        byte[] bytes = new byte[SegmentHeader.MaxBytes];
        Convert.FromHexString("4F626A01" + "02" + "0261" + "FEFFFFFF0F").CopyTo(bytes, 0); // "a" -> 2,147,483,647 bytes
        Assert.Throws<SegmentFormatException>(() => SegmentHeader.TryRead(bytes, out _, out _));
    }

    [Fact]
    public void A_header_of_more_than_four_mebibytes_is_not_written()
    {
        var output = new ArrayBufferWriter<byte>();
        SegmentHeader large = Samples.BareHeader with { Stream = new string('a', SegmentHeader.MaxBytes) };
        Assert.Throws<ArgumentException>(() => large.WriteTo(output));
        Assert.Equal(0, output.WrittenCount);
    }

    [Fact]
    public void Random_metadata_under_a_right_checksum_end_in_our_exception()
    {
        var random = new Random(5);
        Dictionary<string, string> metadata = Metadata(Write(Samples.Header(BlockCodec.Null)));
        metadata.Remove("headwater.crc");
        string[] keys = [.. metadata.Keys.Where(key => key is not ("avro.schema" or "headwater.stream" or "headwater.stream_id"))];
        for (int i = 0; i < 2000; i++)
        {
            string text = string.Concat(Enumerable.Range(0, random.Next(12)).Select(_ => (char)random.Next(1, 48)));
            Reported([.. metadata.Select(pair => pair.Key == keys[i % keys.Length] ? new(pair.Key, text + "/") : pair)], 1);
        }
    }

    private static (string, string, PartitionId, Offset, string?, int, BlockCodec, (SyncMarker, Offset?)) Facts(SegmentHeader header) => (
        header.Stream, header.StreamId, header.Partition, header.BaseOffset, header.Schema.Verbatim, header.SchemaVersion, header.Codec,
        (header.Sync, header.KeysSince));

    internal static void AssertSameProducers(IReadOnlyList<ProducerState> expected, IReadOnlyList<ProducerState> actual)
    {
        Assert.Equal(expected.Select(producer => producer with { Recent = [] }), actual.Select(producer => producer with { Recent = [] }));
        Assert.Equal(expected.Select(producer => producer.Recent), actual.Select(producer => producer.Recent));
    }

    private static byte[] Write(SegmentHeader header)
    {
        var output = new ArrayBufferWriter<byte>();
        header.WriteTo(output);
        return output.WrittenSpan.ToArray();
    }

    private static SegmentHeader Read(byte[] bytes)
    {
        Assert.True(SegmentHeader.TryRead(bytes, out SegmentHeader? header, out _));
        return header;
    }

    /// <summary>Reads the metadata with Apache.Avro's decoder.</summary>
    private static Dictionary<string, string> Metadata(byte[] header)
    {
        using var stream = new MemoryStream(header, 4, header.Length - 4);
        var decoder = new global::Avro.IO.BinaryDecoder(stream);
        var metadata = new Dictionary<string, string>();
        for (long left = decoder.ReadMapStart(); left > 0; left = decoder.ReadMapNext())
        {
            for (; left > 0; left--)
            {
                metadata.Add(decoder.ReadString(), Encoding.UTF8.GetString(decoder.ReadBytes()));
            }
        }

        return metadata;
    }

    private static void Reported(KeyValuePair<string, string>[] metadata, int checksums)
    {
        byte[] bytes = WriteByHand(metadata, checksums);
        Assert.Throws<SegmentFormatException>(() => SegmentHeader.TryRead(bytes, out _, out _));
    }

    /// <summary>A header with the given metadata and a correct checksum, or none.</summary>
    private static byte[] WriteByHand(KeyValuePair<string, string>[] metadata, int checksums)
    {
        var output = new ArrayBufferWriter<byte>();
        output.Write("Obj\u0001"u8);
        output.WriteBlockCount(metadata.Length + checksums);
        if (checksums > 0)
        {
            output.WriteString("headwater.crc");
            output.WriteString("00000000");
        }

        int digits = output.WrittenCount - 8;
        foreach ((string key, string value) in metadata)
        {
            output.WriteString(key);
            output.WriteString(value);
        }

        output.WriteBlockCount(0);
        output.Write(new byte[16]);
        byte[] bytes = output.WrittenSpan.ToArray();
        if (checksums > 0)
        {
            Encoding.ASCII.GetBytes($"{HandWrittenBlock.SlowCrc32C(bytes):x8}").CopyTo(bytes, digits);
        }

        return bytes;
    }
}
