using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Headwater.Contracts.Answers;
using Headwater.Contracts.Json;
using Headwater.Contracts.Text;

namespace Headwater.Http.OpenApi;

/// <summary>Makes the schemas of the contract's records from their serializer metadata. Every record is a component.</summary>
internal sealed class SchemaWriter
{
    // Not thread-safe, so each document has its own.
    private readonly NullabilityInfoContext _nullability = new();

    private readonly JsonObject _components = [];

    public JsonObject Components => _components;

    /// <summary>A reference to a record's component. Also adds the component, and those that it refers to.</summary>
    public JsonObject Reference(Type record)
    {
        record = SchemaNames.Shown(record);
        string name = SchemaNames.Of(record);
        if (!_components.ContainsKey(name))
        {
            _components[name] = null; // Keeps the order of components and ends recursion.
            _components[name] = Record(record);
        }

        return Reference(name);
    }

    public static JsonObject Reference(string name) => new() { ["$ref"] = $"#/components/schemas/{name}" };

    public JsonObject Record(Type record)
    {
        bool request = record.Namespace == typeof(Contracts.Requests.EventBody).Namespace;
        var members = new JsonObject();
        var required = new JsonArray();
        foreach (JsonPropertyInfo property in InfoOf(record).Properties)
        {
            var member = (PropertyInfo)property.AttributeProvider!;
            bool always = member.GetCustomAttribute<JsonIgnoreAttribute>() is { Condition: JsonIgnoreCondition.Never };
            bool nullable = Nullable.GetUnderlyingType(member.PropertyType) is not null || _nullability.Create(member).ReadState == NullabilityState.Nullable;
            if (always || !nullable)
            {
                required.Add((JsonNode)property.Name);
            }

            // An answer omits a null member unless the member is marked as always written; a request may send null.
            members[property.Name] = Member(member, nullable && (always || request));
        }

        var schema = new JsonObject { ["type"] = "object" };
        if (required.Count > 0)
        {
            schema["required"] = required;
        }

        schema["properties"] = members;
        return schema;
    }

    private static JsonTypeInfo InfoOf(Type type) =>
        ContractJson.Default.GetTypeInfo(type) ?? throw new InvalidOperationException($"{type} is not part of the contract.");

    private JsonObject Member(PropertyInfo member, bool nullable)
    {
        JsonObject schema = member.DeclaringType == typeof(ProblemAnswer) && member.Name == nameof(ProblemAnswer.Code)
            ? Reference("ErrorCode")
            : Value(member.PropertyType);
        if (schema.ContainsKey("$ref"))
        {
            if (nullable)
            {
                schema = new JsonObject { ["allOf"] = new JsonArray(schema), ["nullable"] = true };
            }

            return schema;
        }

        if (member.GetCustomAttribute<DescriptionAttribute>() is { } about)
        {
            schema["description"] = about.Description;
        }

        Limit(schema, member);
        if (nullable && schema.ContainsKey("type"))
        {
            schema["nullable"] = true;
        }

        return schema;
    }

    private static void Limit(JsonObject schema, PropertyInfo member)
    {
        bool array = schema["items"] is not null;
        if (member.GetCustomAttribute<AllowedNamesAttribute>() is { } allowed)
        {
            (array ? schema["items"]! : schema)["enum"] = new JsonArray([.. allowed.Names.Select(n => (JsonNode)n)]);
        }

        if (member.GetCustomAttribute<DataTypeAttribute>() is { DataType: DataType.Url })
        {
            schema["format"] = "uri";
        }

        if (member.GetCustomAttribute<RangeAttribute>() is { } range)
        {
            schema["minimum"] = JsonValue.Create(Convert.ToInt64(range.Minimum, System.Globalization.CultureInfo.InvariantCulture));
            if (range.Maximum is int most and < int.MaxValue)
            {
                schema["maximum"] = most;
            }
        }

        string size = array ? "Items" : schema["additionalProperties"] is not null ? "Properties" : "Length";
        if (member.GetCustomAttribute<LengthAttribute>() is { } length)
        {
            schema["min" + size] = length.MinimumLength;
            schema["max" + size] = length.MaximumLength;
        }

        if (member.GetCustomAttribute<MinLengthAttribute>() is { } least)
        {
            schema["min" + size] = least.Length;
        }

        if (member.GetCustomAttribute<MaxLengthAttribute>() is { } greatest)
        {
            schema["max" + size] = greatest.Length;
        }
    }

    private JsonObject Value(Type type)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        return type switch
        {
            _ when type == typeof(string) => new JsonObject { ["type"] = "string" },
            _ when type == typeof(bool) => new JsonObject { ["type"] = "boolean" },
            _ when type == typeof(int) => new JsonObject { ["type"] = "integer", ["format"] = "int32" },
            _ when type == typeof(long) => new JsonObject { ["type"] = "integer", ["format"] = "int64" },
            _ when type == typeof(double) => new JsonObject { ["type"] = "number", ["format"] = "double" },
            _ when type == typeof(DateTime) => new JsonObject { ["type"] = "string", ["format"] = "date-time" },
            _ when type == typeof(JsonElement) || type == typeof(RawJson) => [],
            _ => InfoOf(type).Kind switch
            {
                JsonTypeInfoKind.Dictionary => new JsonObject { ["type"] = "object", ["additionalProperties"] = Value(type.GetGenericArguments()[^1]) },
                JsonTypeInfoKind.Enumerable => new JsonObject { ["type"] = "array", ["items"] = Item(type.GetGenericArguments()[0]) },
                _ => Reference(type),
            },
        };
    }

    private JsonObject Item(Type type)
    {
        JsonObject item = Value(type);
        if (Nullable.GetUnderlyingType(type) is not null)
        {
            item["nullable"] = true;
        }

        return item;
    }
}
