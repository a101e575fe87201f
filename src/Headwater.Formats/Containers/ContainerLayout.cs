using System.Text;
using System.Text.Json;
using Headwater.Contracts.Errors;
using Headwater.Core.Schemas;
using Headwater.Formats.Parsing;
using Headwater.Log.Budgets;

namespace Headwater.Formats.Containers;

/// <summary>The role of a container record's field in an event.</summary>
public enum FieldRole
{
    /// <summary>The event's key.</summary>
    Key,
    /// <summary>The event's headers.</summary>
    Headers,
    /// <summary>The event's time.</summary>
    Time,

    /// <summary>The value as the stream's schema has it.</summary>
    Value,

    /// <summary>The value as our own segments hold it: the stream's schema flattened into a union with null.</summary>
    StoredValue,

    /// <summary>A segment's own position: not carried over.</summary>
    Position,

    /// <summary>A segment's batch record: not carried over.</summary>
    Batch,
}

/// <param name="Role">What it is to an event.</param>
/// <param name="NullBranch">Index of null if the field is a union of null and one other type; -1 if it is not a union.</param>
/// <param name="MicrosPerUnit">Of a time.</param>
public readonly record struct ContainerField(FieldRole Role, int NullBranch, int MicrosPerUnit);

/// <summary>
/// Maps the records of a container file to events. If the file's schema is the stream's, every record is a value. Otherwise the file's schema must be a
/// record with a field
/// <c>value</c> of the stream's schema and optionally <c>key</c>, <c>headers</c> and <c>time</c>, like Headwater's own segments.
/// </summary>
/// <param name="Fields">In writer order.</param>
public sealed record ContainerLayout(IReadOnlyList<ContainerField> Fields)
{
    private const string SegmentRecord = "HeadwaterEvent";

    /// <exception cref="HeadwaterException">EventInvalid: the writer's schema is neither.</exception>
    /// <param name="writerSchema">The schema in the file's header.</param>
    /// <param name="stream">The schema of the stream.</param>
    /// <param name="budget">Charged while the file's schema is parsed.</param>
    public static ContainerLayout Of(string writerSchema, ValueSchema stream, BodyBudget budget)
    {
        if (IsSame(stream, writerSchema))
        {
            return new ContainerLayout([new ContainerField(FieldRole.Value, -1, 0)]);
        }

        using ParsedJson document = ParseSchema(writerSchema, budget);
        JsonElement record = document.Root;
        if (!IsRecord(record, out JsonElement fields))
        {
            throw Unfit("The file's schema must be the stream's schema, or a record with a field value of that schema.");
        }

        bool isSegment = record.TryGetProperty("name", out JsonElement name) && name.ValueKind == JsonValueKind.String && name.GetString() == SegmentRecord;
        var names = new HashSet<string>(StringComparer.Ordinal);
        var layout = new ContainerLayout([.. fields.EnumerateArray().Select(f => FieldOf(f, stream, isSegment, names))]);
        if (!layout.Fields.Any(f => f.Role is FieldRole.Value or FieldRole.StoredValue))
        {
            throw Unfit("The file's schema must be the stream's schema, or a record with a field value of that schema; this record has no field value.");
        }

        return layout;
    }

    // A schema no stream could have, such as a segment's own, is not the same as one a stream has.
    private static bool IsSame(ValueSchema schema, string writer)
    {
        string? difference;
        try
        {
            if (!schema.SameAs(writer, out difference))
            {
                return false;
            }
        }
        catch (SchemaException)
        {
            return false;
        }

        return difference is null
            ? true
            : throw Unfit($"The values would change their meaning: {difference}. Write the file with the stream's schema, or convert the values.");
    }

    private static ParsedJson ParseSchema(string text, BodyBudget budget)
    {
        byte[] utf8 = Encoding.UTF8.GetBytes(text);
        if (JsonBodies.FindLoneSurrogate(utf8) is { } at)
        {
            throw Refusals.MalformedBody($"The text that starts at byte {at} of the file's avro.schema holds half of a surrogate pair.");
        }

        try
        {
            return JsonBodies.Parse(utf8, budget, JsonBodies.Options);
        }
        catch (JsonException e)
        {
            throw Refusals.MalformedBody("The file's avro.schema is not JSON.", e);
        }
    }

    private static bool IsRecord(JsonElement schema, out JsonElement fields)
    {
        fields = default;
        return schema.ValueKind == JsonValueKind.Object
            && schema.TryGetProperty("type", out JsonElement type)
            && type.ValueKind == JsonValueKind.String
            && type.ValueEquals("record")
            && schema.TryGetProperty("fields", out fields)
            && fields.ValueKind == JsonValueKind.Array;
    }

    private static ContainerField FieldOf(JsonElement field, ValueSchema stream, bool isSegment, HashSet<string> names)
    {
        if (field.ValueKind != JsonValueKind.Object
            || !field.TryGetProperty("name", out JsonElement named) || named.ValueKind != JsonValueKind.String
            || !field.TryGetProperty("type", out JsonElement type))
        {
            throw Unfit("A field of the file's record has no name or no type.");
        }

        string name = named.GetString()!;
        if (!names.Add(name))
        {
            throw Unfit($"The file's record has the field {name} twice.");
        }

        return name switch
        {
            "value" => new ContainerField(ValueRole(type, stream), -1, 0),
            "key" when IsOptional(type, out JsonElement some, out int nullAt) && IsPrimitive(some, "string") => new(FieldRole.Key, nullAt, 0),
            "headers" when IsOptional(type, out JsonElement some, out int nullAt) && IsMapOfStrings(some) => new(FieldRole.Headers, nullAt, 0),
            "time" when IsOptional(type, out JsonElement some, out int nullAt) && IsTime(some, out int unit) => new(FieldRole.Time, nullAt, unit),
            "offset" or "appended" when isSegment && IsPrimitive(type, "long") => new(FieldRole.Position, -1, 0),
            "batch" when isSegment => new(FieldRole.Batch, -1, 0),
            _ => throw Unfit(
                $"The file's record has a field {name} of type {type.GetRawText()}; "
                + "it may have value, key (string), headers (map of strings) and time (timestamp-micros or -millis)."),
        };
    }

    private static FieldRole ValueRole(JsonElement type, ValueSchema stream)
    {
        string text = type.GetRawText();
        if (IsSame(stream, text))
        {
            return FieldRole.Value;
        }

        return IsSame(StoredSchemaOf(stream), text)
            ? FieldRole.StoredValue
            : throw Unfit("The schema of the file's field value must be the stream's schema.");
    }

    /// <summary>The type of field <c>value</c> in the stream's own segments.</summary>
    private static ValueSchema StoredSchemaOf(ValueSchema stream)
    {
        using var own = JsonDocument.Parse(stream.EventSchema);
        JsonElement value = own.RootElement.GetProperty("fields").EnumerateArray().Single(f => f.GetProperty("name").ValueEquals("value"));
        return ValueSchema.Parse(value.GetProperty("type").GetRawText());
    }

    private static bool IsOptional(JsonElement type, out JsonElement some, out int nullAt)
    {
        some = type;
        nullAt = -1;
        if (type.ValueKind != JsonValueKind.Array)
        {
            return true;
        }

        if (type.GetArrayLength() != 2)
        {
            return false;
        }

        nullAt = IsPrimitive(type[0], "null") ? 0 : IsPrimitive(type[1], "null") ? 1 : -1;
        some = nullAt == 0 ? type[1] : type[0];
        return nullAt >= 0;
    }

    private static bool IsPrimitive(JsonElement type, string name) =>
        type.ValueKind == JsonValueKind.String
            ? type.ValueEquals(name)
            : type.ValueKind == JsonValueKind.Object && type.TryGetProperty("type", out JsonElement inner) && inner.ValueKind == JsonValueKind.String
                && inner.ValueEquals(name);

    private static bool IsMapOfStrings(JsonElement type) =>
        type.ValueKind == JsonValueKind.Object && IsPrimitive(type, "map") && type.TryGetProperty("values", out JsonElement values)
            && IsPrimitive(values, "string");

    private static bool IsTime(JsonElement type, out int microsPerUnit)
    {
        string? logical = type.ValueKind == JsonValueKind.Object && type.TryGetProperty("logicalType", out JsonElement named)
            && named.ValueKind == JsonValueKind.String
            ? named.GetString()
            : null;
        microsPerUnit = logical switch { "timestamp-micros" => 1, "timestamp-millis" => 1000, _ => 0 };
        return microsPerUnit > 0 && IsPrimitive(type, "long");
    }

    private static HeadwaterException Unfit(string message) => new(ErrorCode.EventInvalid, $"{message} Nothing was stored.");
}
