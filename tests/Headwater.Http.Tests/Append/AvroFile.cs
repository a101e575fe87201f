using System.Buffers;
using System.IO.Compression;
using System.Text;
using Headwater.Core.Avro;

namespace Headwater.Http.Tests.Append;

/// <summary>Container files written by hand, of blocks that no honest writer makes.</summary>
internal static class AvroFile
{
    private static readonly byte[] Sync = new byte[16];

    /// <summary>One deflated block.</summary>
    public static byte[] Deflated(string schema, long count, byte[] block)
    {
        var file = new ArrayBufferWriter<byte>();
        file.Write("Obj\u0001"u8);
        file.WriteBlockCount(2);
        file.WriteString("avro.schema");
        file.WriteBytes(Encoding.UTF8.GetBytes(schema));
        file.WriteString("avro.codec");
        file.WriteBytes("deflate"u8);
        file.WriteBlockCount(0);
        file.Write(Sync);
        file.WriteLong(count);
        file.WriteBytes(Deflate(block));
        file.Write(Sync);
        return file.WrittenSpan.ToArray();
    }

    private static byte[] Deflate(byte[] plain)
    {
        using var packed = new MemoryStream();
        using (var deflate = new DeflateStream(packed, CompressionLevel.Fastest, leaveOpen: true))
        {
            deflate.Write(plain);
        }

        return packed.ToArray();
    }
}
