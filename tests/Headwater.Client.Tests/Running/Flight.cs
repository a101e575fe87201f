using System.ComponentModel;
using System.Text.Json.Serialization;

namespace Headwater.Client.Tests;

[Description("A departure.")]
public sealed record Flight([property: Description("Airport of departure.")] string Origin, int? Delay);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(Flight))]
public sealed partial class FlightJson : JsonSerializerContext;
