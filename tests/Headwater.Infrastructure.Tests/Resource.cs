using System.Text.Json;

namespace Headwater.Infrastructure.Tests;

/// <summary>One resource of an environment, all expressions evaluated that can be without a cloud.</summary>
public sealed class Resource(JsonElement json)
{
    public string Type => Text("type")!;

    public string Name => Text("name")!;

    /// <summary>The part of the name that is the resource's own.</summary>
    public string LastName => Name[(Name.LastIndexOf('/') + 1)..];

    public string Id => Text("id")!;

    public JsonElement Json => json;

    /// <summary>A property by its path from <c>properties</c>; null if it is not there.</summary>
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
