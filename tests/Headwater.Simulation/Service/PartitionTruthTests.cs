using System.Buffers;
using Headwater.Core.Positions;
using Headwater.Core.Schemas;
using Headwater.Core.Segments;
using Headwater.Simulation.Checking;
using Xunit;

namespace Headwater.Simulation.Service;

public sealed class PartitionTruthTests
{
    private static readonly PartitionKey Partition = new("0123456789abcdef0123456789abcdef", 0);

    [Fact]
    public void A_header_in_a_segment_is_allowed()
    {
        var truth = new PartitionTruth(Partition);
        truth.Created(0);

        truth.Appended(0, Header(), step: 1);

        Assert.NotNull(truth.Live.Single().Header);
    }

    [Fact]
    public void A_header_in_a_stray_is_a_violation()
    {
        var truth = new PartitionTruth(Partition);
        truth.Created(0);
        truth.Deleted(0);
        truth.Created(0);

        var found = Assert.Throws<ViolationException>(() => truth.Appended(0, Header(), step: 1));

        Assert.Equal(ViolationKind.BrokenSegments, found.Violation.Kind);
    }

    private static byte[] Header()
    {
        var bytes = new ArrayBufferWriter<byte>();
        new SegmentHeader
        {
            Stream = "s0",
            StreamId = Partition.StreamId,
            Partition = new PartitionId(Partition.Partition),
            BaseOffset = Offset.Zero,
            Schema = ValueSchema.Bytes,
            SchemaVersion = 1,
            Codec = BlockCodec.Null,
            Sync = new SyncMarker(UInt128.One),
        }.WriteTo(bytes);
        return bytes.WrittenSpan.ToArray();
    }
}
