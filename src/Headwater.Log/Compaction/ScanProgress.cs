using System.Buffers.Binary;
using System.Text;
using Headwater.Core.Segments;

namespace Headwater.Log.Compaction;

/// <summary>
/// The position and the results of a run's scan. A pass covers the keys whose hashes are in one range: first in the dirty inputs in order, then in the clean
/// inputs. The saved progress is only a cache: a new scan of the inputs gives the same results.
/// </summary>
internal sealed class ScanProgress
{
    private const uint Magic = 0x31_53_57_48; // "HWS1"

    public ScanProgress(int inputs)
    {
        Marks = [.. Enumerable.Range(0, inputs).Select(_ => new RemovalBitmap())];
        Events = new int[inputs];
        SchemaVersions = new int[inputs];
    }

    private ScanProgress(BinaryReader input)
    {
        IsDone = input.ReadBoolean();
        (RangeFrom, RangeTo) = (input.ReadUInt64(), input.ReadUInt64());
        (Step, Position, Ordinal) = (input.ReadInt32(), input.ReadInt64(), input.ReadInt32());
        (Tombstones, Keys, Passes) = (input.ReadInt64(), input.ReadInt64(), input.ReadInt32());
        int inputs = input.ReadInt32();
        Marks = [.. Enumerable.Range(0, inputs).Select(_ => RemovalBitmap.Read(input))];
        Events = [.. Enumerable.Range(0, inputs).Select(_ => input.ReadInt32())];
        SchemaVersions = [.. Enumerable.Range(0, inputs).Select(_ => input.ReadInt32())];
        Table = KeyTable.Read(input);
    }

    public bool IsDone { get; set; }

    /// <summary>The pass looks at keys whose hashes are this or more.</summary>
    public ulong RangeFrom { get; set; }

    /// <summary>The last hash the pass looks at.</summary>
    public ulong RangeTo { get; set; } = ulong.MaxValue;

    /// <summary>Which input of the pass is being read, in the pass's order.</summary>
    public int Step { get; set; }

    /// <summary>Where in it the next block begins; 0 before its header is read.</summary>
    public long Position { get; set; }

    /// <summary>Events of it passed.</summary>
    public int Ordinal { get; set; }

    /// <summary>Tombstones met that stay; in the dirty part some may have been replaced since.</summary>
    public long Tombstones { get; set; }

    /// <summary>Distinct keys met in the dirty part.</summary>
    public long Keys { get; set; }

    /// <summary>Begun so far.</summary>
    public int Passes { get; set; } = 1;

    /// <summary>By input: the events that go.</summary>
    public RemovalBitmap[] Marks { get; }

    /// <summary>By input: the events there are.</summary>
    public int[] Events { get; }

    /// <summary>By input; 0 until it was read.</summary>
    public int[] SchemaVersions { get; }

    /// <summary>The dirty part's keys with hashes in the range.</summary>
    public KeyTable Table { get; } = new();

    public byte[] Write(CompactionRun run)
    {
        using var bytes = new MemoryStream();
        using var output = new BinaryWriter(bytes, Encoding.UTF8);
        output.Write(Magic);
        output.Write(run.Id);
        output.Write(IsDone);
        output.Write(RangeFrom);
        output.Write(RangeTo);
        output.Write(Step);
        output.Write(Position);
        output.Write(Ordinal);
        output.Write(Tombstones);
        output.Write(Keys);
        output.Write(Passes);
        output.Write(Marks.Length);
        Array.ForEach(Marks, m => m.WriteTo(output));
        Array.ForEach(Events, output.Write);
        Array.ForEach(SchemaVersions, output.Write);
        (IsDone ? new KeyTable() : Table).WriteTo(output); // What goes is marked; the keys are of no more use.
        output.Write(Crc32C.Of(bytes.GetBuffer().AsSpan(0, (int)bytes.Length)));
        return bytes.ToArray();
    }

    /// <returns>Null if the bytes are damaged or belong to another run; the scan then starts over.</returns>
    public static ScanProgress? Read(ReadOnlySpan<byte> bytes, CompactionRun run)
    {
        if (bytes.Length < Crc32C.Size + sizeof(uint) || Crc32C.Of(bytes[..^Crc32C.Size]) != BinaryPrimitives.ReadUInt32LittleEndian(bytes[^Crc32C.Size..]))
        {
            return null;
        }

        using var input = new BinaryReader(new MemoryStream(bytes.ToArray(), writable: false), Encoding.UTF8);
        return input.ReadUInt32() == Magic && input.ReadString() == run.Id ? new ScanProgress(input) : null;
    }
}
