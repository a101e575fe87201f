using System.ComponentModel;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Headwater.Client;

/// <summary>Derives schemas from C# types as System.Text.Json maps them, so that the names and forms of the JSON fit.</summary>
internal sealed class TypeShapes
{
    private static readonly Dictionary<Type, AvroShape> Simple = new()
    {
        [typeof(string)] = new("string"),
        [typeof(bool)] = new("boolean"),
        [typeof(byte)] = new("int"),
        [typeof(sbyte)] = new("int"),
        [typeof(short)] = new("int"),
        [typeof(ushort)] = new("int"),
        [typeof(int)] = new("int"),
        [typeof(uint)] = new("long"),
        [typeof(long)] = new("long"),
        [typeof(float)] = new("float"),
        [typeof(double)] = new("double"),
        [typeof(byte[])] = new("bytes"),
        [typeof(Guid)] = new("string") { Logical = "uuid" },
        [typeof(DateTimeOffset)] = new("long") { Logical = "timestamp-micros" },
        [typeof(DateTime)] = new("long") { Logical = "timestamp-micros" },
        [typeof(DateOnly)] = new("int") { Logical = "date" },
        [typeof(TimeOnly)] = new("long") { Logical = "time-micros" },
    };

    private readonly JsonSerializerOptions _options;

    private readonly Dictionary<Type, AvroShape> _records = [];

    private TypeShapes(JsonSerializerOptions options) => _options = options;

    /// <summary>The shape of a type. Parts that have no Avro form are <see cref="AvroShape.Any"/>.</summary>
    public static AvroShape Of(JsonTypeInfo type) => new TypeShapes(type.Options).Shape(type.Type, null);

    private AvroShape Shape(Type type, ICustomAttributeProvider? place)
    {
        if (Nullable.GetUnderlyingType(type) is { } underlying)
        {
            return Shape(underlying, place) with { IsNullable = true };
        }

        if (type == typeof(decimal))
        {
            return Decimal(place);
        }

        if (Simple.TryGetValue(type, out AvroShape? simple))
        {
            return simple;
        }

        if (_records.TryGetValue(type, out AvroShape? known))
        {
            return known;
        }

        JsonTypeInfo info = _options.GetTypeInfo(type);
        return info.Kind switch
        {
            JsonTypeInfoKind.Object => Record(info),
            JsonTypeInfoKind.Enumerable when info.ElementType is { } items => new AvroShape("array") { Items = Shape(items, null) },
            JsonTypeInfoKind.Dictionary when info.KeyType == typeof(string) && info.ElementType is { } items
                => new AvroShape("map") { Items = Shape(items, null) },
            _ when type.IsEnum => Enumeration(info),
            _ => new AvroShape(AvroShape.Any),
        };
    }

    private AvroShape Record(JsonTypeInfo info)
    {
        var record = new AvroShape("record") { Name = NameOf(info.Type), Doc = DocOf(info.Type) };
        _records[info.Type] = record;
        foreach (JsonPropertyInfo property in info.Properties)
        {
            if (property.Get is null || property.IsExtensionData)
            {
                continue;
            }

            AvroShape shape = Shape(property.PropertyType, property.AttributeProvider);
            bool isNullable = shape.IsNullable || (!property.PropertyType.IsValueType && property.IsGetNullable);
            record.Fields.Add(new AvroField(property.Name, isNullable ? Copy(shape) : shape)
            {
                Doc = DocOf(property.AttributeProvider),
                IsOptional = !property.IsRequired && property.AssociatedParameter is null or { HasDefaultValue: true },
            });
        }

        return record;
    }

    /// <summary>The same shape with null. A record keeps its list of fields, which may not be complete yet.</summary>
    private static AvroShape Copy(AvroShape shape) => shape with { IsNullable = true };

    private static AvroShape Decimal(ICustomAttributeProvider? place) => Attribute<AvroDecimalAttribute>(place) is { } digits
        ? new AvroShape("bytes") { Logical = "decimal", Precision = digits.Precision, Scale = digits.Scale }
        : new AvroShape("bytes") { Logical = "decimal" };

    private static AvroShape Enumeration(JsonTypeInfo info)
    {
        List<string> symbols = [];
        foreach (object number in Enum.GetValuesAsUnderlyingType(info.Type))
        {
            JsonElement written = JsonSerializer.SerializeToElement(Enum.ToObject(info.Type, number), info);
            if (written.ValueKind != JsonValueKind.String)
            {
                return new AvroShape("long");
            }

            symbols.Add(written.GetString()!);
        }

        return new AvroShape("enum") { Name = NameOf(info.Type), Symbols = symbols };
    }

    private static string NameOf(Type type) => type.Name.Split('`')[0];

    private static string? DocOf(ICustomAttributeProvider? place) => Attribute<DescriptionAttribute>(place)?.Description;

    private static TAttribute? Attribute<TAttribute>(ICustomAttributeProvider? place)
        where TAttribute : Attribute => (TAttribute?)place?.GetCustomAttributes(typeof(TAttribute), inherit: true).FirstOrDefault();
}
