using System.Text.Json.Serialization;

namespace Headwater.Benchmarks.Replay;

/// <summary>A value of <see cref="Payloads.Sales"/>.</summary>
internal sealed record Sale(
    string SaleId, long StoreId, long ItemId, int Quantity, double UnitPrice, Currency Currency, List<string> Tags, string? Note, DateTimeOffset At);

internal enum Currency
{
    CAD,
    USD,
    EUR,
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UseStringEnumConverter = true)]
[JsonSerializable(typeof(Sale))]
internal sealed partial class SaleJson : JsonSerializerContext;
