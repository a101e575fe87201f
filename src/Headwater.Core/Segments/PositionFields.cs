using Headwater.Core.Avro;
using Headwater.Core.Positions;

namespace Headwater.Core.Segments;

/// <summary>Reads positions. A number outside the range of its position type is an <see cref="AvroFormatException"/>.</summary>
internal static class PositionFields
{
    public static Offset ReadOffset(this ref AvroReader reader) => new(reader.ReadNatural("an offset"));

    public static SequenceNumber ReadSequence(this ref AvroReader reader) => new(reader.ReadNatural("a sequence"));

    public static ProducerEpoch ReadEpoch(this ref AvroReader reader) => new(reader.ReadNaturalInt("an epoch"));

    public static UnixMicros ReadMicros(this ref AvroReader reader)
    {
        long start = reader.Position;
        long micros = reader.ReadLong();
        return UnixMicros.IsRepresentable(micros)
            ? new UnixMicros(micros)
            : throw new AvroFormatException($"{micros} microseconds are outside the years 1 to 9999", start);
    }

    public static long ReadNatural(this ref AvroReader reader, string what)
    {
        long start = reader.Position;
        long value = reader.ReadLong();
        return value >= 0 ? value : throw new AvroFormatException($"{what} is negative", start);
    }

    public static int ReadNaturalInt(this ref AvroReader reader, string what)
    {
        long start = reader.Position;
        int value = reader.ReadInt();
        return value >= 0 ? value : throw new AvroFormatException($"{what} is negative", start);
    }
}
