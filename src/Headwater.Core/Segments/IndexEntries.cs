using System.Buffers;
using Headwater.Core.Avro;
using Headwater.Core.Positions;

namespace Headwater.Core.Segments;

/// <summary>
/// Index entries as Avro numbers: the count, then for each entry the differences in offset, append time and position to the previous
/// entry (for the first entry, to zero).
/// </summary>
internal static class IndexEntries
{
    private const int MinEntryBytes = 3;

    /// <exception cref="ArgumentException">The entries do not ascend.</exception>
    public static void Write(IBufferWriter<byte> output, IReadOnlyList<IndexEntry> entries)
    {
        output.WriteLong(entries.Count);
        IndexEntry last = default;
        for (int i = 0; i < entries.Count; i++)
        {
            IndexEntry entry = entries[i];
            if (i > 0 && !Follows(last, entry))
            {
                throw new ArgumentException($"Index entry {i} does not come after the one before it.", nameof(entries));
            }

            output.WriteLong(entry.Offset - last.Offset);
            output.WriteLong(entry.Appended.Value - last.Appended.Value);
            output.WriteLong(entry.Position - last.Position);
            last = entry;
        }
    }

    /// <exception cref="AvroFormatException">The bytes are not ascending entries.</exception>
    public static IReadOnlyList<IndexEntry> Read(ref AvroReader reader)
    {
        long start = reader.Position;
        long count = reader.ReadLong();
        if (count < 0 || count > reader.Remaining / MinEntryBytes)
        {
            throw new AvroFormatException($"{count} index entries in {reader.Remaining} bytes", start);
        }

        var entries = new IndexEntry[count];
        IndexEntry last = default;
        for (int i = 0; i < entries.Length; i++)
        {
            start = reader.Position;
            long offset = Add(last.Offset.Value, ref reader);
            long appended = Add(last.Appended.Value, ref reader);
            long position = Add(last.Position, ref reader);
            if (offset < 0 || position < 0 || !UnixMicros.IsRepresentable(appended))
            {
                throw new AvroFormatException("an index entry is out of range", start);
            }

            entries[i] = new IndexEntry(new Offset(offset), new UnixMicros(appended), position);
            if (i > 0 && !Follows(last, entries[i]))
            {
                throw new AvroFormatException("an index entry does not come after the one before it", start);
            }

            last = entries[i];
        }

        return entries;
    }

    private static bool Follows(IndexEntry last, IndexEntry next) =>
        next.Offset > last.Offset && next.Appended >= last.Appended && next.Position > last.Position;

    private static long Add(long value, ref AvroReader reader)
    {
        long start = reader.Position;
        long delta = reader.ReadLong();
        long sum = unchecked(value + delta);
        return ((value ^ sum) & (delta ^ sum)) >= 0 ? sum : throw new AvroFormatException("an index entry overflows", start);
    }
}
