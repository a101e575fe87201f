using System.Text.Json;

namespace Headwater.Infrastructure.Tests;

/// <summary>One resource of an environment, with every expression evaluated that does not need a cloud.</summary>
public sealed class Resource(JsonElement json)
{
    public string Type => Text("type")!;

    public string Name => Text("name")!;

    /// <summary>The last part of the name, without the names of the resource's parents.</summary>
    public string LastName => Name[(Name.LastIndexOf('/') + 1)..];

    public string Id => Text("id")!;

    public JsonElement Json => json;

    /// <summary>A property by its path below <c>properties</c>; null if the resource does not set it.</summary>
    public string? Property(string path)
    {
        JsonElement at = json.GetProperty("properties");
        foreach (string part in path.Split('.'))
        {
            if (!at.TryGetProperty(part, out at))
            {
                return null;
            }
        }

        return at.ValueKind == JsonValueKind.String ? at.GetString() : at.GetRawText();
    }

    public string? Text(string member) => json.TryGetProperty(member, out JsonElement value) ? value.GetString() : null;

    public override string ToString() => $"{Type} {Name}";
}
