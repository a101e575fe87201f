using CsCheck;
using Headwater.Core.Segments;

namespace Headwater.Core.Tests.Segments;

public sealed class Crc32CTests
{
    /// <summary>The check value of CRC-32/ISCSI in the RevEng catalogue, and the test vectors of RFC 3720, appendix B.4.</summary>
    public static TheoryData<string, uint> Vectors => new()
    {
        { Convert.ToHexString("123456789"u8), 0xe3069283 },
        { new string('0', 64), 0x8a9136aa },
        { new string('F', 64), 0x62a8ab43 },
        { Convert.ToHexString(Enumerable.Range(0, 32).Select(i => (byte)i).ToArray()), 0x46dd794e },
        { Convert.ToHexString(Enumerable.Range(0, 32).Select(i => (byte)(31 - i)).ToArray()), 0x113fdb5c },
        { "", 0 },
    };

    [Theory]
    [MemberData(nameof(Vectors))]
    public void The_checksum_is_Castagnolis(string hex, uint crc) => Assert.Equal(crc, Crc32C.Of(Convert.FromHexString(hex)));

    [Fact]
    public void Pieces_give_the_checksum_of_the_whole() =>
        Gen.Select(Gen.Byte.Array[0, 100], Gen.Byte.Array[0, 100]).Sample((first, second) =>
            Crc32C.Finish(Crc32C.Append(Crc32C.Append(Crc32C.Start, first), second)) == HandWrittenBlock.SlowCrc32C([.. first, .. second]));
}
