using System.Text.Json;

namespace Headwater.Client;

/// <summary>Numbers and flags as values, without a context that describes them.</summary>
internal static class NumberValues
{
    public static ValueSerializer<long> Long { get; } = new Values<long>((j, v) => j.WriteNumberValue(v), (ref j) => j.GetInt64());

    public static ValueSerializer<decimal> Decimal { get; } = new Values<decimal>((j, v) => j.WriteNumberValue(v), (ref j) => j.GetDecimal());

    public static ValueSerializer<bool> Flag { get; } = new Values<bool>((j, v) => j.WriteBooleanValue(v), (ref j) => j.GetBoolean());

    private delegate TValue Reading<TValue>(ref Utf8JsonReader json);

    private sealed class Values<TValue>(Action<Utf8JsonWriter, TValue> write, Reading<TValue> read) : ValueSerializer<TValue>
    {
        public override void Write(Utf8JsonWriter json, TValue value) => write(json, value);

        public override TValue Read(ReadOnlySpan<byte> json)
        {
            var reader = new Utf8JsonReader(json);
            reader.Read();
            return read(ref reader);
        }
    }
}
