using System.Text.Json;

namespace Headwater.Formats.Parsing;

/// <summary>Reads JSON strings that may be invalid Unicode, and names the kinds of JSON values.</summary>
public static class JsonKinds
{
    /// <summary>The name of an element's kind, for messages.</summary>
    public static string Name(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Undefined => "nothing",
        JsonValueKind.Object => "an object",
        JsonValueKind.Array => "an array",
        JsonValueKind.String => "a string",
        JsonValueKind.Number => "a number",
        JsonValueKind.True or JsonValueKind.False => "a boolean",
        JsonValueKind.Null => "null",
    };

    /// <summary>The name of the kind of value that a reader is at the beginning of, for messages.</summary>
    public static string Name(JsonTokenType token) => token switch
    {
        JsonTokenType.StartObject => "an object",
        JsonTokenType.StartArray => "an array",
        JsonTokenType.String => "a string",
        JsonTokenType.Number => "a number",
        JsonTokenType.True or JsonTokenType.False => "a boolean",
        JsonTokenType.Null => "null",
        _ => "nothing",
    };

    /// <summary>False if the string contains a lone surrogate, which has no UTF-8 form.</summary>
    public static bool TryText(JsonElement text, out string value)
    {
        try
        {
            value = text.GetString() ?? "";
            return true;
        }
        catch (InvalidOperationException)
        {
            value = "";
            return false;
        }
    }

    /// <summary>False if the element is not a string of base64.</summary>
    public static bool TryBytes(JsonElement element, out byte[] bytes)
    {
        bytes = [];
        try
        {
            if (element.ValueKind != JsonValueKind.String || !element.TryGetBytesFromBase64(out byte[]? decoded))
            {
                return false;
            }

            bytes = decoded;
            return true;
        }
        catch (InvalidOperationException)
        {
            return false; // A lone surrogate.
        }
    }

    /// <summary>
    /// Finds an object's member; the last one if there are several. Unlike <see cref="JsonElement.TryGetProperty(string, out JsonElement)"/> it does not throw
    /// if the name of another member contains a lone surrogate.
    /// </summary>
    public static bool TryMember(JsonElement container, string name, out JsonElement value)
    {
        value = default;
        bool isFound = false;
        foreach (JsonProperty member in container.EnumerateObject())
        {
            if (TryName(member, out string named) && named == name)
            {
                value = member.Value;
                isFound = true;
            }
        }

        return isFound;
    }

    /// <summary>As <see cref="TryText"/>, of a member's name.</summary>
    public static bool TryName(JsonProperty member, out string name)
    {
        try
        {
            name = member.Name;
            return true;
        }
        catch (InvalidOperationException)
        {
            name = "";
            return false;
        }
    }
}
