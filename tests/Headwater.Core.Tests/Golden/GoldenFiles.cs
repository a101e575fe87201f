using System.Buffers;
using Headwater.Core.Segments;
using Headwater.Core.Tests.Segments;

namespace Headwater.Core.Tests.Golden;

/// <summary>
/// Files as version 1 of the format wrote them, committed. A test that fails on them has found a change that makes stored data
/// unreadable or different. Before the format is released, and only then, they are written again by running these tests with
/// HEADWATER_WRITE_GOLDEN=1.
/// </summary>
internal static class GoldenFiles
{
    public const string Null = "segment-null.avro";
    public const string Deflate = "segment-deflate.avro";
    public const string Zstandard = "segment-zstandard.avro";
    public const string Bare = "segment-bare.avro";
    public const string Index = "segment.index";
    public const string Checkpoint = "partition.checkpoint";

    static GoldenFiles()
    {
        if (Environment.GetEnvironmentVariable("HEADWATER_WRITE_GOLDEN") != "1")
            return;
        foreach (string name in new[] { Null, Deflate, Zstandard, Bare, Index, Checkpoint })
            File.WriteAllBytes(PathOf(name), Build(name));
    }

    public static string PathOf(string name) => Repository.PathOf("tests", "Headwater.Core.Tests", "Golden", name);

    public static byte[] Read(string name) => File.ReadAllBytes(PathOf(name));

    /// <summary>What the code writes today.</summary>
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
            case Checkpoint: Samples.Checkpoint.WriteTo(output); break;
            default: throw new ArgumentOutOfRangeException(nameof(name), name, "No such golden file.");
        }

        return output.WrittenSpan.ToArray();
    }
}
