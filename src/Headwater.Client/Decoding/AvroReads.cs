using System.Buffers.Text;
using System.Reflection;
using System.Text;
using System.Text.Json.Serialization;
using Headwater.Core.Avro;

namespace Headwater.Client;

/// <summary>Reads one value.</summary>
internal delegate TValue ReadOne<out TValue>(ref AvroReader reader);

/// <summary>Reads one value with the constants of its plan.</summary>
internal delegate TValue ReadPlanned<out TValue>(object[] constants, ref AvroReader reader);

/// <summary>
/// Reads values as JSON reads their JSON form: what JSON would refuse is refused, so that a replay and a read through the API give the same. The structure of
/// the value and its UTF-8 were checked when its event was read.
/// </summary>
internal static class AvroReads
{
    private const long EpochTicks = 621_355_968_000_000_000;

    private const int EpochDay = 719_162;

    private static readonly Dictionary<(string Type, string? Logical, Type Target), MethodInfo> Methods = new()
    {
        [("string", null, typeof(string))] = Method(Text),
        [("boolean", null, typeof(bool))] = Method(Boolean),
        [("int", null, typeof(int))] = Method(Int),
        [("int", null, typeof(long))] = Method(Long),
        [("int", null, typeof(double))] = Method(LongAsDouble),
        [("int", null, typeof(short))] = Method(Short),
        [("int", null, typeof(ushort))] = Method(UShort),
        [("int", null, typeof(byte))] = Method(Byte),
        [("int", null, typeof(sbyte))] = Method(SByte),
        [("long", null, typeof(long))] = Method(Long),
        [("long", null, typeof(double))] = Method(LongAsDouble),
        [("long", null, typeof(uint))] = Method(UInt),
        [("float", null, typeof(float))] = Method(Float),
        [("double", null, typeof(double))] = Method(Double),
        [("bytes", null, typeof(byte[]))] = Method(Bytes),
        [("string", "uuid", typeof(Guid))] = Method(Uuid),
        [("int", "date", typeof(DateOnly))] = Method(Date),
        [("int", "time-millis", typeof(TimeOnly))] = Method(TimeMillis),
        [("long", "time-micros", typeof(TimeOnly))] = Method(TimeMicros),
        [("long", "timestamp-millis", typeof(DateTimeOffset))] = Method(OffsetMillis),
        [("long", "timestamp-micros", typeof(DateTimeOffset))] = Method(OffsetMicros),
        [("long", "timestamp-millis", typeof(DateTime))] = Method(UtcMillis),
        [("long", "timestamp-micros", typeof(DateTime))] = Method(UtcMicros),
    };

    private static readonly Dictionary<(string Type, Type Target), MethodInfo> AnyNumbers = new()
    {
        [("float", typeof(float))] = Method(AnyFloat),
        [("double", typeof(double))] = Method(AnyDouble),
    };

    /// <summary>The method that reads a type as a C# type; null if there is none.</summary>
    /// <param name="node">The type.</param>
    /// <param name="target">The C# type.</param>
    /// <param name="handling">Whether JSON would read numbers, and so "NaN" and the infinities, from strings.</param>
    public static MethodInfo? Of(AvroNode node, Type target, JsonNumberHandling handling) =>
        (handling & (JsonNumberHandling.AllowReadingFromString | JsonNumberHandling.AllowNamedFloatingPointLiterals)) == 0
        || !AnyNumbers.TryGetValue((node.Type, target), out MethodInfo? any)
            ? Methods.GetValueOrDefault((node.Type, node.Logical, target))
            : any;

    /// <param name="constants">The constants of the plan.</param>
    /// <param name="reader">The reader.</param>
    /// <param name="item">Reads an item.</param>
    /// <param name="leastBytes">The bytes of the smallest item, 0 or 1.</param>
    public static List<TItem> List<TItem>(object[] constants, ref AvroReader reader, ReadPlanned<TItem> item, int leastBytes)
    {
        AvroBlock block = reader.ReadBlock(leastBytes);
        var list = new List<TItem>(block.Count);
        for (; block.Count > 0; block = reader.ReadBlock(leastBytes))
        {
            for (int i = 0; i < block.Count; i++)
            {
                list.Add(item(constants, ref reader));
            }
        }

        return list;
    }

    public static TItem[] Array<TItem>(object[] constants, ref AvroReader reader, ReadPlanned<TItem> item, int leastBytes) =>
        [.. List(constants, ref reader, item, leastBytes)];

    /// <summary>Of equal keys the last one counts, as in JSON.</summary>
    public static Dictionary<string, TItem> Map<TItem>(object[] constants, ref AvroReader reader, ReadPlanned<TItem> item, int leastBytes)
    {
        var map = new Dictionary<string, TItem>();
        for (AvroBlock block = reader.ReadBlock(leastBytes + 1); block.Count > 0; block = reader.ReadBlock(leastBytes + 1))
        {
            for (int i = 0; i < block.Count; i++)
            {
                map[Text(ref reader)] = item(constants, ref reader);
            }
        }

        return map;
    }

    public static string Text(ref AvroReader reader) => Encoding.UTF8.GetString(reader.ReadBytes());

    private static MethodInfo Method<TValue>(ReadOne<TValue> read) => read.Method;

    private static bool Boolean(ref AvroReader reader) => reader.ReadBoolean();

    private static int Int(ref AvroReader reader) => reader.ReadInt();

    private static long Long(ref AvroReader reader) => reader.ReadLong();

    private static double LongAsDouble(ref AvroReader reader) => reader.ReadLong();

    private static short Short(ref AvroReader reader) => checked((short)reader.ReadLong());

    private static ushort UShort(ref AvroReader reader) => checked((ushort)reader.ReadLong());

    private static byte Byte(ref AvroReader reader) => checked((byte)reader.ReadLong());

    private static sbyte SByte(ref AvroReader reader) => checked((sbyte)reader.ReadLong());

    private static uint UInt(ref AvroReader reader) => checked((uint)reader.ReadLong());

    private static float Float(ref AvroReader reader)
    {
        float value = reader.ReadFloat();
        return float.IsFinite(value) ? value : throw NotFinite();
    }

    private static double Double(ref AvroReader reader)
    {
        double value = reader.ReadDouble();
        return double.IsFinite(value) ? value : throw NotFinite();
    }

    private static float AnyFloat(ref AvroReader reader) => reader.ReadFloat();

    private static double AnyDouble(ref AvroReader reader) => reader.ReadDouble();

    private static byte[] Bytes(ref AvroReader reader) => reader.ReadBytes().ToArray();

    private static Guid Uuid(ref AvroReader reader)
    {
        ReadOnlySpan<byte> text = reader.ReadBytes();
        return Utf8Parser.TryParse(text, out Guid value, out int read, 'D') && read == text.Length
            ? value
            : throw new FormatException("The text is not a uuid.");
    }

    private static DateOnly Date(ref AvroReader reader)
    {
        long day = reader.ReadLong() + EpochDay;
        return day >= 0 && day <= DateOnly.MaxValue.DayNumber ? DateOnly.FromDayNumber((int)day) : throw OutOfRange("date");
    }

    private static TimeOnly TimeMillis(ref AvroReader reader) => Time(reader.ReadLong(), TimeSpan.TicksPerMillisecond);

    private static TimeOnly TimeMicros(ref AvroReader reader) => Time(reader.ReadLong(), TimeSpan.TicksPerMicrosecond);

    private static DateTimeOffset OffsetMillis(ref AvroReader reader) => new(Ticks(reader.ReadLong(), TimeSpan.TicksPerMillisecond), TimeSpan.Zero);

    private static DateTimeOffset OffsetMicros(ref AvroReader reader) => new(Ticks(reader.ReadLong(), TimeSpan.TicksPerMicrosecond), TimeSpan.Zero);

    private static DateTime UtcMillis(ref AvroReader reader) => new(Ticks(reader.ReadLong(), TimeSpan.TicksPerMillisecond), DateTimeKind.Utc);

    private static DateTime UtcMicros(ref AvroReader reader) => new(Ticks(reader.ReadLong(), TimeSpan.TicksPerMicrosecond), DateTimeKind.Utc);

    private static TimeOnly Time(long units, long ticks) =>
        units >= 0 && units < TimeSpan.TicksPerDay / ticks ? new TimeOnly(units * ticks) : throw OutOfRange("time of day");

    private static long Ticks(long units, long ticks) =>
        units >= -EpochTicks / ticks && units <= (DateTime.MaxValue.Ticks - EpochTicks) / ticks
            ? EpochTicks + (units * ticks)
            : throw OutOfRange("timestamp");

    private static FormatException NotFinite() => new("The number is not finite.");

    private static FormatException OutOfRange(string what) => new($"The {what} is out of range.");
}
