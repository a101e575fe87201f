using Headwater.Core.Segments;

namespace Headwater.Core.Tests.Segments;

public sealed class IdentifierTests
{
    private static readonly byte[] Bytes = Convert.FromHexString("00112233445566778899AABBCCDDEEFF");

    [Fact]
    public void An_id_prints_its_bytes_in_order() => Assert.Equal("00112233445566778899aabbccddeeff", BatchId.FromBytes(Bytes).ToString());

    [Fact]
    public void An_id_is_written_as_it_was_read()
    {
        byte[] written = new byte[16];
        Assert.True(SyncMarker.FromBytes(Bytes).TryWriteBytes(written));
        Assert.Equal(Bytes, written);
    }

    [Fact]
    public void An_id_does_not_fit_15_bytes() => Assert.False(RequestKey.FromBytes(Bytes).TryWriteBytes(new byte[15]));
}
