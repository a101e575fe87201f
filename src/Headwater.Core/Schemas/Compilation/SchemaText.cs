using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using Headwater.Core.Schemas.Json;

namespace Headwater.Core.Schemas.Compilation;

/// <summary>Parses the text of a schema as strict JSON: of limited size and depth, valid Unicode, without duplicate members.</summary>
internal static class SchemaText
{
    /// <exception cref="SchemaException">The text is not strict JSON.</exception>
    public static JsonDocument Parse(string text)
    {
        byte[] utf8 = new byte[Math.Min(Encoding.UTF8.GetMaxByteCount(text.Length), ValueLimits.MaxSchemaBytes)];
        System.Buffers.OperationStatus status = Utf8.FromUtf16(text, utf8, out _, out int length, replaceInvalidSequences: false);
        if (status == System.Buffers.OperationStatus.DestinationTooSmall)
        {
            throw new SchemaException($"the schema is longer than {ValueLimits.MaxSchemaBytes} bytes");
        }

        if (status != System.Buffers.OperationStatus.Done)
        {
            throw new SchemaException("the schema's text contains an unpaired surrogate");
        }

        return Parse(utf8.AsMemory(0, length));
    }

    /// <summary>The string value of a member; null without the member.</summary>
    /// <exception cref="SchemaException">The member is not a string.</exception>
    public static string? OptionalString(JsonElement schema, string member, string pointer)
    {
        if (!schema.TryGetProperty(member, out JsonElement value))
        {
            return null;
        }

        return value.ValueKind == JsonValueKind.String
            ? value.GetString()
            : throw new SchemaException($"{pointer}/{member}: a string is expected");
    }

    /// <exception cref="SchemaException">The member is missing.</exception>
    public static JsonElement Required(JsonElement schema, string member, string pointer) =>
        schema.TryGetProperty(member, out JsonElement value) ? value : throw Missing(member, pointer);

    public static SchemaException Missing(string member, string pointer) =>
        new($"{At(pointer)}: the member \"{member}\" is missing");

    /// <summary>The strings in a member's array; empty without the member.</summary>
    /// <exception cref="SchemaException">The member is not an array of strings.</exception>
    public static IEnumerable<string> Strings(JsonElement schema, string member, string pointer)
    {
        if (!schema.TryGetProperty(member, out JsonElement values))
        {
            return [];
        }

        if (values.ValueKind != JsonValueKind.Array || values.EnumerateArray().Any(value => value.ValueKind != JsonValueKind.String))
        {
            throw new SchemaException($"{pointer}/{member}: an array of strings is expected");
        }

        return values.EnumerateArray().Select(value => value.GetString()!);
    }

    /// <summary>A JSON pointer as text for messages.</summary>
    public static string At(string pointer) => pointer.Length == 0 ? "the schema" : pointer;

    private static JsonDocument Parse(ReadOnlyMemory<byte> utf8)
    {
        JsonDocument document;
        try
        {
            document = JsonDocument.Parse(utf8, new JsonDocumentOptions { MaxDepth = ValueLimits.MaxSchemaDepth, AllowDuplicateProperties = false });
        }
        catch (JsonException e)
        {
            throw new SchemaException($"the schema is not JSON: {e.Message}", e);
        }
        catch (InvalidOperationException e)
        {
            // The search for equal names reads them as text.
            throw new SchemaException("the schema's text contains an unpaired surrogate", e);
        }

        if (JsonText.IsWellFormed(utf8.Span))
        {
            return document;
        }

        document.Dispose();
        throw new SchemaException("the schema's text contains an unpaired surrogate");
    }
}
