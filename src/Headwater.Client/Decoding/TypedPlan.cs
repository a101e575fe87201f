using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Headwater.Core.Avro;
using Headwater.Core.Schemas;
using Headwater.Core.Segments;

namespace Headwater.Client;

/// <summary>
/// Values are read from Avro straight into objects of the type, by code that is made once per schema and type. Types and schemas for which that cannot give the
/// same as JSON are left to <see cref="JsonStoredValues{T}"/>: converters of the program's own, callbacks, unions of several types,
/// decimals, and options or attributes that change how numbers and members are read.
/// </summary>
internal sealed class PlannedStoredValues<T>(object[] constants, ReadPlanned<T> plan) : StoredValues<T>
{
    /// <summary>The union of null and the schema, in which every value is stored.</summary>
    private const int StoredBranches = 2;

    /// <summary>The last plan of each type, because the code of a plan takes milliseconds to make.</summary>
    private static readonly ConditionalWeakTable<JsonTypeInfo, LastPlan> Known = [];

    public override T Read(in DecodedEvent stored)
    {
        var reader = new AvroReader(stored.Value);
        reader.ReadUnionIndex(StoredBranches);
        return plan(constants, ref reader);
    }

    /// <returns>Null if the values are to be read through JSON.</returns>
    public static StoredValues<T>? TryMake(ValueSerializer<T> values, ValueSchema schema)
    {
        if (!RuntimeFeature.IsDynamicCodeSupported || values.TypeInfo is not { } type || schema.Verbatim is not { } text
            || values.GetType() != ValueSerializers.Of(type).GetType() || !PlannedTypes.IsPlain(type.Options))
        {
            return null;
        }

        LastPlan? last = Known.TryGetValue(type, out LastPlan? known) && known.Schema == text ? known : null;
        if (last is null)
        {
            last = new LastPlan(text, AvroNode.Parse(text) is { } node && OwnBranch(node) is { } own ? Compile(type, own) : null);
            Known.AddOrUpdate(type, last);
        }

        return last.Plan;
    }

    private static AvroNode? OwnBranch(AvroNode node) =>
        node.Type != "union" ? node : node.Branches.Where(b => b.Type != "null").ToArray() is [{ } one] ? one : null;

    [UnconditionalSuppressMessage("AOT", "IL3050", Justification = "Called only where code can be made at run time.")]
    private static PlannedStoredValues<T>? Compile(JsonTypeInfo<T> type, AvroNode node)
    {
        var emitter = new PlanEmitter(type.Options);
        try
        {
            ReadPlanned<T> plan = emitter.Compile<T>(node);
            return new PlannedStoredValues<T>(emitter.Constants, plan);
        }
        catch (Exception unplanned) when (unplanned is NotPlannedException or NotSupportedException)
        {
            return null;
        }
    }

    private sealed record LastPlan(string Schema, PlannedStoredValues<T>? Plan);
}

/// <summary>A type, or a part of it, is not read straight from Avro.</summary>
internal sealed class NotPlannedException : Exception;

/// <summary>Which C# types System.Text.Json reads in its own way, without code of the program.</summary>
internal static class PlannedTypes
{
    /// <summary>The depth that JSON reads by default.</summary>
    private const int DefaultDepth = 64;

    private static readonly Assembly Json = typeof(JsonSerializer).Assembly;

    /// <summary>Whether nothing changes what the resolvers say of types.</summary>
    public static bool IsPlain(JsonSerializerOptions options) =>
        !options.RespectNullableAnnotations
        && !options.RespectRequiredConstructorParameters
        && options.ReferenceHandler is null
        && options.UnmappedMemberHandling == JsonUnmappedMemberHandling.Skip
        && options.PreferredObjectCreationHandling == JsonObjectCreationHandling.Replace
        && options.AllowDuplicateProperties
        && (options.MaxDepth == 0 || options.MaxDepth >= DefaultDepth)
#pragma warning disable SYSLIB0020 // Obsolete, but programs may still set it.
        && !options.IgnoreNullValues
#pragma warning restore SYSLIB0020
        && options.TypeInfoResolverChain.All(r => r is JsonSerializerContext or DefaultJsonTypeInfoResolver { Modifiers.Count: 0 });

    /// <summary>Whether the type is read by a converter of System.Text.Json.</summary>
    public static bool IsPlain(JsonTypeInfo type) => type.Converter.GetType().Assembly == Json && type.PolymorphismOptions is null;

    /// <summary>Whether a record's objects are made of their members alone.</summary>
    public static bool IsPlainObject(JsonTypeInfo type) =>
        type.Kind == JsonTypeInfoKind.Object
        && IsPlain(type)
        && type.NumberHandling is null
        && type.OnDeserializing is null
        && type.OnDeserialized is null
        && type.UnmappedMemberHandling is null or JsonUnmappedMemberHandling.Skip
        && type.PreferredPropertyObjectCreationHandling is null or JsonObjectCreationHandling.Replace
        && type.Properties.All(p => p.CustomConverter is null && p.NumberHandling is null && !p.IsExtensionData
            && p.ObjectCreationHandling is null or JsonObjectCreationHandling.Replace);
}
