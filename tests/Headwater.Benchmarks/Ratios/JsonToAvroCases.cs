using System.Text.Json;
using Avro.Generic;
using Avro.IO;
using Headwater.Benchmarks.Payloads;
using Headwater.Core.Schemas;

namespace Headwater.Benchmarks.Ratios;

/// <summary>JSON values to Avro binary by a schema.</summary>
internal static class JsonToAvroCases
{
    private const int Values = 1_000;

    public static IEnumerable<Ratio> All()
    {
        byte[][] sales = Sales.Values(Values);
        ValueSchema schema = ValueSchema.Parse(Sales.Schema);
        var encoder = new ValueEncoder();
        yield return new Ratio("JSON to Avro, sales / Utf8JsonReader pass", Values, () => Encode(sales, schema, encoder), () => Pass(sales), 0.6) { MostBytes = 0 };
        yield return new Ratio("JSON to Avro, sales / JsonDocument, Apache.Avro", Values, () => Encode(sales, schema, encoder), () => Apache(sales), 4);
    }

    private static void Encode(byte[][] values, ValueSchema schema, ValueEncoder encoder)
    {
        foreach (byte[] value in values)
        {
            var reader = new Utf8JsonReader(value);
            reader.Read();
            if (!encoder.TryEncode(schema, ref reader, value))
            {
                throw new InvalidOperationException("An ordinary value was given up.");
            }
        }
    }

    private static void Pass(byte[][] values)
    {
        foreach (byte[] value in values)
        {
            var reader = new Utf8JsonReader(value);
            while (reader.Read())
            {
                // The pass is what is measured.
            }
        }
    }

    private static void Apache(byte[][] values)
    {
        var schema = (Avro.RecordSchema)Avro.Schema.Parse(Sales.Schema);
        var writer = new GenericDatumWriter<GenericRecord>(schema);
        using var stream = new MemoryStream();
        var encoder = new BinaryEncoder(stream);
        foreach (byte[] value in values)
        {
            using JsonDocument document = JsonDocument.Parse(value);
            stream.SetLength(0);
            writer.Write(Record(schema, document.RootElement), encoder);
        }
    }

    private static GenericRecord Record(Avro.RecordSchema schema, JsonElement value)
    {
        var record = new GenericRecord(schema);
        record.Add("saleId", value.GetProperty("saleId").GetString());
        record.Add("storeId", value.GetProperty("storeId").GetInt64());
        record.Add("itemId", value.GetProperty("itemId").GetInt64());
        record.Add("quantity", value.GetProperty("quantity").GetInt32());
        record.Add("unitPrice", value.GetProperty("unitPrice").GetDouble());
        record.Add("currency", new GenericEnum((Avro.EnumSchema)schema["currency"].Schema, value.GetProperty("currency").GetString()));
        record.Add("tags", value.GetProperty("tags").EnumerateArray().Select(tag => (object)tag.GetString()!).ToArray());
        record.Add("note", value.GetProperty("note").GetString());
        record.Add("at", value.GetProperty("at").GetDateTime());
        return record;
    }
}
