using System.IO.Compression;
using System.Text;

namespace Headwater.Hostile.Attacks;

/// <summary>Small bodies that become large, and large ones.</summary>
internal static class BodyAttacks
{
    private const string Avro = "application/avro";

    public static IEnumerable<Attack> Of(AttackClient client)
    {
        byte[] zeros = AttackClient.Gzip("[0", string.Concat(Enumerable.Repeat(",0", 500)), 90_000, "]");
        yield return new Attack(
            "90 MB of zeros as gzip",
            Parallel: 4,
            () => client.CreateAsync("zeros", """{"partitions":1}"""),
            over => client.SendAsync(HttpMethod.Post, "/streams/zeros/events", zeros, AttackClient.Json, isGzip: true, over));
        yield return new Attack(
            "settings of 90 MB as gzip",
            Parallel: 4,
            () => Task.CompletedTask,
            over => client.SendAsync(HttpMethod.Put, "/streams/settings", zeros, AttackClient.Json, isGzip: true, over));
        byte[] container = Container(90_000_000);
        yield return new Attack(
            "a block of 90 MB in 90 KB of Avro",
            Parallel: 4,
            () => client.CreateAsync("blocks", """{"partitions":1,"schema":"bytes"}"""),
            over => client.SendAsync(HttpMethod.Post, "/streams/blocks/events", container, Avro, isGzip: false, over));
        byte[] large = Encoding.UTF8.GetBytes($"[{string.Join(',', Enumerable.Range(0, 24).Select(_ => $$"""{"value":"{{new string('x', 1_000_000)}}"}"""))}]");
        yield return new Attack(
            "8 posts of 24 MB",
            Parallel: 8,
            () => client.CreateAsync("large", """{"partitions":1,"retention":{"bytes":67108864}}"""),
            over => client.SendAsync(HttpMethod.Post, "/streams/large/events", large, AttackClient.Json, isGzip: false, over));
    }

    /// <summary>A container whose only block has the given length and holds zeros.</summary>
    private static byte[] Container(int length)
    {
        using var file = new MemoryStream();
        byte[] sync = new byte[16];
        file.Write("Obj\x1"u8);
        WriteLong(file, 2);
        WriteText(file, "avro.schema");
        WriteText(file, "\"bytes\"");
        WriteText(file, "avro.codec");
        WriteText(file, "deflate");
        WriteLong(file, 0);
        file.Write(sync);
        using var block = new MemoryStream();
        using (var deflate = new DeflateStream(block, CompressionLevel.SmallestSize, leaveOpen: true))
        {
            WriteLong(deflate, length);
            deflate.Write(new byte[length]);
        }

        WriteLong(file, 1);
        WriteLong(file, block.Length);
        block.WriteTo(file);
        file.Write(sync);
        return file.ToArray();
    }

    private static void WriteText(Stream file, string text)
    {
        WriteLong(file, text.Length);
        file.Write(Encoding.UTF8.GetBytes(text));
    }

    private static void WriteLong(Stream file, long value)
    {
        ulong rest = (ulong)((value << 1) ^ (value >> 63));
        for (; rest >= 0x80; rest >>= 7)
        {
            file.WriteByte((byte)(rest | 0x80));
        }

        file.WriteByte((byte)rest);
    }
}
