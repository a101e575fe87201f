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

    /// <summary>Lowest key hash of the pass.</summary>
    public ulong RangeFrom { get; set; }

    /// <summary>Highest key hash of the pass, inclusive.</summary>
    public ulong RangeTo { get; set; } = ulong.MaxValue;

    /// <summary>Number of inputs that the pass has finished; the current input's index in the order of the pass.</summary>
    public int Step { get; set; }

    /// <summary>Byte position of the next block in the current input; 0 before its header is read.</summary>
    public long Position { get; set; }

    /// <summary>Number of events scanned in the current input.</summary>
    public int Ordinal { get; set; }

    /// <summary>Upper bound of the tombstones to keep: includes tombstones of the dirty part that a later event of the key has marked.</summary>
    public long Tombstones { get; set; }

    /// <summary>Number of distinct keys in the dirty part, of the finished passes.</summary>
    public long Keys { get; set; }

    /// <summary>Number of passes begun.</summary>
    public int Passes { get; set; } = 1;

    /// <summary>By input: the events to remove.</summary>
    public RemovalBitmap[] Marks { get; }

    /// <summary>By input: the number of events; 0 until the input was scanned.</summary>
    public int[] Events { get; }

    /// <summary>By input: the schema version; 0 until the input's header was read.</summary>
    public int[] SchemaVersions { get; }

    /// <summary>The keys of the dirty part whose hashes are in the range of the pass.</summary>
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
        (IsDone ? new KeyTable() : Table).WriteTo(output); // After the scan only the marks are needed.
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
