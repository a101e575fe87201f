using System.Text.Json;

namespace Headwater.Core.Schemas.Nodes;

/// <summary>One walk over an encoded value that writes it as JSON.</summary>
internal struct AvroToJson(Utf8JsonWriter json)
{
    public Utf8JsonWriter Json = json;

    public AvroWalk Walk;
}
