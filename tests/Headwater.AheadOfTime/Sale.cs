using System.Text.Json.Serialization;

namespace Headwater.AheadOfTime;

/// <summary>A value.</summary>
internal sealed record Sale(string Shop, int Cents, IReadOnlyList<string> Goods, double? Discount);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(Sale))]
internal sealed partial class SaleJson : JsonSerializerContext;
