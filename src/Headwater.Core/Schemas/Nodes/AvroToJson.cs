using System.Text.Json;

namespace Headwater.Core.Schemas.Nodes;

/// <summary>The state of one conversion of an encoded value to JSON.</summary>
internal struct AvroToJson(Utf8JsonWriter json)
{
    public Utf8JsonWriter Json = json;

    /// <summary>The text of the outermost union whose branches look alike; null outside of such a union.</summary>
    public UnionText? Unions;

    public AvroWalk Walk;
}
