using System.Text.Json.Serialization;

namespace Headwater.Queues.Stored;

/// <summary>Columns that contain JSON. They are persisted: names and meanings never change.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(IReadOnlyList<QueuedShare>))]
public sealed partial class QueuedJson : JsonSerializerContext;
