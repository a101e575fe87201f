using System.Text.Json.Serialization;

namespace Headwater.Http.Queued;

/// <summary>Columns that hold JSON. Persisted: names and meanings never change.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(IReadOnlyList<QueuedShare>))]
internal sealed partial class QueuedJson : JsonSerializerContext;
