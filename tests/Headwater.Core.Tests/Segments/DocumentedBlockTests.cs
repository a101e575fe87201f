using System.Text.RegularExpressions;
using Headwater.Core.Positions;
using Headwater.Core.Schemas;
using Headwater.Core.Segments;

namespace Headwater.Core.Tests.Segments;

public sealed class DocumentedBlockTests
{
    [Fact]
    public void The_block_spelled_out_in_the_documentation_is_read()
    {
        string page = File.ReadAllText(Repository.PathOf("docs", "storage-format.md"));
        string section = page[page.IndexOf("### 4.3", StringComparison.Ordinal)..];
        string listing = section.Split("```")[1];
        string hex = string.Concat(Regex.Matches(listing, "^ *((?:[0-9a-f]{2} ?)+)", RegexOptions.Multiline).Select(line => line.Groups[1].Value));
        byte[] bytes = Convert.FromHexString(hex.Replace(" ", "", StringComparison.Ordinal));

        using var block = new DecodedBlock();
        Assert.True(BlockDecoder.TryRead(bytes, 0, BlockCodec.Null, Samples.Sync, block));
        Assert.Equal((bytes.Length, new Offset(10)), (block.Length, block.FirstOffset));
        Assert.Equal(new PlainEvent(10, 5, null, null, "", "020255"), Assert.Single(PlainEvent.AllOf(block, ValueSchema.Bytes)));
    }
}
