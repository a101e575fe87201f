using System.Text.Json;

namespace Headwater.Benchmarks.Payloads;

/// <summary>A sale as a program has it that writes JSON by hand: texts as UTF-8, names encoded once.</summary>
internal sealed record SaleFields
{
    private static readonly JsonEncodedText[] Names = Encoded("saleId", "storeId", "itemId", "quantity", "unitPrice", "currency", "tags", "note", "at");

    private static readonly JsonEncodedText[] EventNames = Encoded("offset", "appended", "key", "headers", "value");

    private byte[] SaleId { get; init; } = [];

    private long StoreId { get; init; }

    private long ItemId { get; init; }

    private int Quantity { get; init; }

    private double UnitPrice { get; init; }

    private byte[] Currency { get; init; } = [];

    private byte[][] Tags { get; init; } = [];

    private byte[]? Note { get; init; }

    private DateTime At { get; init; }

    /// <summary>Reads the fields from JSON.</summary>
    public static SaleFields Of(byte[] value)
    {
        using JsonDocument document = JsonDocument.Parse(value);
        JsonElement sale = document.RootElement;
        return new SaleFields
        {
            SaleId = Text(sale.GetProperty("saleId"))!,
            StoreId = sale.GetProperty("storeId").GetInt64(),
            ItemId = sale.GetProperty("itemId").GetInt64(),
            Quantity = sale.GetProperty("quantity").GetInt32(),
            UnitPrice = sale.GetProperty("unitPrice").GetDouble(),
            Currency = Text(sale.GetProperty("currency"))!,
            Tags = [.. sale.GetProperty("tags").EnumerateArray().Select(t => Text(t)!)],
            Note = Text(sale.GetProperty("note")),
            At = sale.GetProperty("at").GetDateTime(),
        };
    }

    /// <summary>Writes the sale.</summary>
    public void Write(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteString(Names[0], SaleId);
        json.WriteNumber(Names[1], StoreId);
        json.WriteNumber(Names[2], ItemId);
        json.WriteNumber(Names[3], Quantity);
        json.WriteNumber(Names[4], UnitPrice);
        json.WriteString(Names[5], Currency);
        json.WriteStartArray(Names[6]);
        foreach (byte[] tag in Tags)
        {
            json.WriteStringValue(tag);
        }

        json.WriteEndArray();
        if (Note is null)
        {
            json.WriteNull(Names[7]);
        }
        else
        {
            json.WriteString(Names[7], Note);
        }

        json.WriteString(Names[8], At);
        json.WriteEndObject();
    }

    /// <summary>Writes the sale as an event of a page.</summary>
    public void WriteEvent(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteNumber(EventNames[0], ItemId);
        json.WriteString(EventNames[1], At);
        json.WriteString(EventNames[2], SaleId);
        json.WriteStartObject(EventNames[3]);
        json.WriteEndObject();
        json.WritePropertyName(EventNames[4]);
        Write(json);
        json.WriteEndObject();
    }

    private static JsonEncodedText[] Encoded(params string[] names) => [.. names.Select(n => JsonEncodedText.Encode(n))];

    private static byte[]? Text(JsonElement value) => value.GetString() is { } text ? System.Text.Encoding.UTF8.GetBytes(text) : null;
}
