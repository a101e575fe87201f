using System.Buffers;
using Headwater.Core.Segments;
using Headwater.Core.Tests.Segments;

namespace Headwater.Core.Tests.Golden;

/// <summary>
/// Committed files that version 1 of the format wrote. If a test on them fails, a change has made stored data unreadable or different. Running
/// the tests with HEADWATER_WRITE_GOLDEN=1 writes the files again; this is allowed only before the format is released.
/// </summary>
internal static class GoldenFiles
{
    public const string Null = "segment-null.avro";
    public const string Deflate = "segment-deflate.avro";
    public const string Zstandard = "segment-zstandard.avro";
    public const string Bare = "segment-bare.avro";
    public const string Index = "segment.index";
    public const string Checkpoint = "partition.checkpoint";
    public const string Keys = "segment.keys";

    /// <summary>A checkpoint as an older version of the app wrote it. Nothing writes it again.</summary>
    public const string CheckpointOfVersion1 = "partition-1.checkpoint";

    static GoldenFiles()
    {
        if (Environment.GetEnvironmentVariable("HEADWATER_WRITE_GOLDEN") != "1")
        {
            return;
        }

        foreach (string name in new[] { Null, Deflate, Zstandard, Bare, Index, Checkpoint, Keys })
        {
            File.WriteAllBytes(PathOf(name), Build(name));
        }
    }

    public static string PathOf(string name) => Repository.PathOf("tests", "Headwater.Core.Tests", "Golden", name);

    public static byte[] Read(string name) => File.ReadAllBytes(PathOf(name));

    /// <summary>The checkpoint of version 1 without its two keyed batches, and with a correct checksum.</summary>
    public static byte[] WithoutKeys(byte[] checkpoint)
    {
        byte[] keys = Convert.FromHexString("04" + new string('0', 31) + "1" + new string('0', 31) + "2" + "54" + "14");
        int start = checkpoint.AsSpan().IndexOf(keys);
        int length = keys.Length + (2 * 16) + 2 + 1;
        byte[] content = [.. checkpoint[5..start], 0, .. checkpoint[(start + length)..^4]];
        return SegmentIndexTests.SealedByHand("HWCP", Convert.ToHexString(content));
    }

    /// <summary>The bytes that the code writes.</summary>
    public static byte[] Build(string name)
    {
        var output = new ArrayBufferWriter<byte>();
        switch (name)
        {
            case Null: return Samples.Segment(BlockCodec.Null);
            case Deflate: return Samples.Segment(BlockCodec.Deflate);
            case Zstandard: return Samples.Segment(BlockCodec.Zstandard);
            case Bare: return Samples.BareSegment();
            case Index: Samples.Index.WriteTo(output); break;
            case Keys: Samples.KeyFile.WriteTo(output); break;
            case Checkpoint: Samples.Checkpoint.WriteTo(output); break;
            default: throw new ArgumentOutOfRangeException(nameof(name), name, "No such golden file.");
        }

        return output.WrittenSpan.ToArray();
    }
}
