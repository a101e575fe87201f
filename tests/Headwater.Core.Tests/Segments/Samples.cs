using System.Buffers;
using Headwater.Core.Avro;
using Headwater.Core.Positions;
using Headwater.Core.Schemas;
using Headwater.Core.Segments;

namespace Headwater.Core.Tests.Segments;

/// <summary>One fixed segment that uses every field of the format. It must not change, because the golden files are made from it.</summary>
internal static class Samples
{
    /// <summary>2026-01-02T03:04:05.678901Z.</summary>
    public const long Appended = 1_767_323_045_678_901;

    public const string FlightSchema =
        """
        {"type": "record", "name": "Flight", "namespace": "air.demo", "doc": "A flight.", "fields": [
          {"name": "origin", "type": "string", "doc": "IATA code"},
          {"name": "delay", "type": "int"},
          {"name": "distance", "type": ["null", "double"], "default": null}
        ]}
        """;

    public static SyncMarker Sync { get; } = new(new UInt128(0x0011223344556677, 0x8899aabbccddeeff));

    public static BatchRecord KeyedBatch { get; } = new(
        new BatchId(new UInt128(0x0102030405060708, 0x090a0b0c0d0e0f10)),
        new RequestKey(new UInt128(0x1112131415161718, 0x191a1b1c1d1e1f20)),
        new RequestDigest(new UInt128(0x2122232425262728, 0x292a2b2c2d2e2f30)),
        Producer: null,
        ProducerEpoch.None,
        SequenceNumber.Zero,
        Count: 3);

    public static BatchRecord SequencedBatch { get; } = new(
        new BatchId(new UInt128(0x3132333435363738, 0x393a3b3c3d3e3f40)),
        Request: null,
        Digest: null,
        "loader-7",
        new ProducerEpoch(5),
        new SequenceNumber(1_000_000),
        Count: 2);

    public static BatchRecord PlainBatch { get; } = new(
        new BatchId(new UInt128(0x4142434445464748, 0x494a4b4c4d4e4f50)), null, null, null, ProducerEpoch.None, SequenceNumber.Zero, Count: 1);

    public static IReadOnlyList<ProducerState> Producers { get; } =
    [
        new("loader-7", new ProducerEpoch(5), new SequenceNumber(1_000_000), new UnixMicros(Appended - 1_000_000),
        [
            new(new SequenceNumber(999_998), new Offset(90), 7),
            new(new SequenceNumber(999_999), new Offset(97), 3),
        ]),
        new("\u00e9t\u00e9", new ProducerEpoch(1), SequenceNumber.Zero, new UnixMicros(Appended - 2_000_000), []),
    ];

    public static SegmentHeader Header(BlockCodec codec) => new()
    {
        Stream = "flights",
        StreamId = "0123456789abcdef0123456789abcdef",
        Partition = new PartitionId(3),
        BaseOffset = new Offset(100),
        Schema = ValueSchema.Parse(FlightSchema),
        SchemaVersion = 2,
        Codec = codec,
        Sync = Sync,
        Producers = Producers,
        KeysSince = new Offset(42),
    };

    /// <summary>The header of a stream without a schema and without any other optional field.</summary>
    public static SegmentHeader BareHeader { get; } = new()
    {
        Stream = "bare",
        StreamId = "fedcba9876543210fedcba9876543210",
        Partition = new PartitionId(0),
        BaseOffset = Offset.Zero,
        Schema = ValueSchema.Bytes,
        SchemaVersion = 1,
        Codec = BlockCodec.Null,
        Sync = Sync,
    };

    /// <summary>A header and three blocks with six events at offsets 100 to 105.</summary>
    public static byte[] Segment(BlockCodec codec)
    {
        var output = new ArrayBufferWriter<byte>();
        Header(codec).WriteTo(output);
        using EventBatch keyed = KeyedEvents();
        BlockEncoder.Write(keyed, KeyedBatch, new Offset(100), new UnixMicros(Appended), codec, Sync, output);
        using EventBatch sequenced = SequencedEvents();
        BlockEncoder.Write(sequenced, SequencedBatch, new Offset(103), new UnixMicros(Appended), codec, Sync, output);
        using var plain = new EventBatch();
        Flight(plain, null, null, [], "SEA", 0, null);
        BlockEncoder.Write(plain, PlainBatch, new Offset(105), new UnixMicros(Appended + 1), codec, Sync, output);
        return output.WrittenSpan.ToArray();
    }

    public static byte[] BareSegment()
    {
        var output = new ArrayBufferWriter<byte>();
        BareHeader.WriteTo(output);
        using var events = new EventBatch();
        Bytes(events, "k", [0x00, 0xff, 0x7f]);
        Bytes(events, null, []);
        Bytes(events, "k", null);
        BlockEncoder.Write(events, PlainBatch with { Count = 3 }, Offset.Zero, new UnixMicros(Appended), BlockCodec.Null, Sync, output);
        return output.WrittenSpan.ToArray();
    }

    public static SegmentIndex Index { get; } = new(
        [
            new(new Offset(100), new UnixMicros(Appended), 4321),
            new(new Offset(103), new UnixMicros(Appended), 4747),
            new(new Offset(105), new UnixMicros(Appended + 1), 1L << 33),
        ],
        new Offset(106),
        new UnixMicros(Appended + 1));

    public static PartitionCheckpoint Checkpoint { get; } = new()
    {
        StreamId = "0123456789abcdef0123456789abcdef",
        Partition = new PartitionId(3),
        SegmentBase = new Offset(100),
        Position = 5000,
        Next = new Offset(106),
        LastAppended = new UnixMicros(Appended + 1),
        Blocks = 4,
        SchemaVersion = 2,
        Codec = BlockCodec.Zstandard,
        Sync = Sync,
        Producers = Producers,
        ProducersForgotten = new UnixMicros(Appended - 4),
        Keys = KeyIndex.Of([(KeyIndex.PrefixOf(KeyedBatch.Request!.Value), 4321), (1, 1_234_567_890), (1, 99)]),
        LastKeyed = new UnixMicros(Appended - 1),
        KeySegments = [new(new Offset(7), 12, new UnixMicros(Appended - 3)), new(new Offset(42), 65_536, new UnixMicros(Appended - 2))],
        KeysDropped = new UnixMicros(Appended - 5),
        Index = Index.Entries,
    };

    public static KeyFile KeyFile { get; } = new()
    {
        StreamId = Checkpoint.StreamId,
        Partition = Checkpoint.Partition,
        Base = new Offset(100),
        End = new Offset(106),
        First = new UnixMicros(Appended),
        Last = new UnixMicros(Appended + 1),
        Codec = BlockCodec.Deflate,
        Sync = Sync,
        Keys = KeyIndex.Of([(0x11121314, 1_456), (7, 3_000_000_000)]),
    };

    /// <summary>One event of <see cref="ValueSchema.Bytes"/>; a null value is a tombstone.</summary>
    public static void Bytes(EventBatch events, string? key, byte[]? value)
    {
        events.Begin(null, key, []);
        events.Value.WriteUnionIndex(value is null ? 0 : 1);
        if (value is not null)
        {
            events.Value.WriteBytes(value);
        }

        events.End();
    }

    private static EventBatch KeyedEvents()
    {
        var events = new EventBatch();
        Flight(events, -1, "DTW", [new("ce_id", "a-1"), new("trace", "\u20ac")], "DTW", -5, 407.25);
        Flight(events, 978_307_200_000_000, "", [], "HNL", 2_000_000, null);
        events.Begin(null, "LAS", [new("why", "closed")]);
        events.Value.WriteUnionIndex(0);
        events.End();
        return events;
    }

    private static EventBatch SequencedEvents()
    {
        var events = new EventBatch();
        Flight(events, null, null, [], "OAK", 1, 0);
        Flight(events, 0, "OAK", [new("", "")], "", int.MinValue, double.MaxValue);
        return events;
    }

    private static void Flight(
        EventBatch events, long? time, string? key, KeyValuePair<string, string>[] headers, string origin, int delay, double? distance)
    {
        events.Begin(time is { } micros ? new UnixMicros(micros) : null, key, headers);
        events.Value.WriteUnionIndex(1);
        events.Value.WriteString(origin);
        events.Value.WriteInt(delay);
        events.Value.WriteUnionIndex(distance is null ? 0 : 1);
        if (distance is { } miles)
        {
            events.Value.WriteDouble(miles);
        }

        events.End();
    }
}
