using System.Text.Json;
using System.Text.Json.Serialization;
using System.Xml;

namespace Headwater.Log.Streams;

/// <summary>Writes durations in JSON as ISO 8601 text, such as <c>P30D</c>, the format of the HTTP API.</summary>
internal sealed class IsoDurationConverter : JsonConverter<TimeSpan>
{
    public override TimeSpan Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        string text = reader.GetString() ?? throw new JsonException("A duration is a string.");
        try
        {
            return XmlConvert.ToTimeSpan(text);
        }
        catch (Exception problem) when (problem is FormatException or OverflowException)
        {
            throw new JsonException($"'{text}' is no ISO 8601 duration.", problem);
        }
    }

    public override void Write(Utf8JsonWriter writer, TimeSpan value, JsonSerializerOptions options) => writer.WriteStringValue(XmlConvert.ToString(value));
}
