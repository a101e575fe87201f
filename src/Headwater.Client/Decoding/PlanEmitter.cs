using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using System.Reflection.Emit;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Headwater.Core.Avro;

namespace Headwater.Client;

/// <summary>Makes methods that read values of a schema as a C# type.</summary>
/// <param name="options">How the types are mapped to JSON.</param>
[RequiresDynamicCode("Makes code at run time.")]
[UnconditionalSuppressMessage("Trimming", "IL2060", Justification = "The methods' type arguments have no requirements.")]
[UnconditionalSuppressMessage("Trimming", "IL2070", Justification = "Trimmed programs are compiled ahead of time, or keep what their contexts name.")]
[UnconditionalSuppressMessage("Trimming", "IL2075", Justification = "Trimmed programs are compiled ahead of time, or keep what their contexts name.")]
internal sealed class PlanEmitter(JsonSerializerOptions options)
{
    private static readonly Type[] Arguments = [typeof(object[]), typeof(AvroReader).MakeByRefType()];

    private static readonly MethodInfo ReadUnionIndex = typeof(AvroReader).GetMethod(nameof(AvroReader.ReadUnionIndex))!;

    private static readonly MethodInfo SkipField = typeof(AvroSkip).GetMethod(nameof(AvroSkip.Skip))!;

    private readonly List<object> _constants = [];

    private readonly Dictionary<(AvroNode, Type), DynamicMethod> _records = [];

    /// <summary>What the methods refer to.</summary>
    public object[] Constants => [.. _constants];

    /// <summary>The plan of a whole value.</summary>
    /// <exception cref="NotPlannedException">The value is to be read through JSON.</exception>
    public ReadPlanned<T> Compile<T>(AvroNode node) => (ReadPlanned<T>)Method(node, typeof(T)).CreateDelegate(typeof(ReadPlanned<T>));

    private DynamicMethod Method(AvroNode node, Type target)
    {
        DynamicMethod method = NewMethod(target);
        ILGenerator code = method.GetILGenerator();
        Value(code, node, target);
        code.Emit(OpCodes.Ret);
        return method;
    }

    private static DynamicMethod NewMethod(Type target) => new($"Read{target.Name}", target, Arguments, typeof(PlanEmitter).Module, skipVisibility: true);

    /// <summary>Leaves the next value on the stack.</summary>
    private void Value(ILGenerator code, AvroNode node, Type target)
    {
        if (node.Type == "union")
        {
            Optional(code, node, target);
        }
        else if (Nullable.GetUnderlyingType(target) is { } underlying)
        {
            Value(code, node, underlying);
            code.Emit(OpCodes.Newobj, target.GetConstructor([underlying])!);
        }
        else
        {
            Require(PlannedTypes.IsPlain(options.GetTypeInfo(target)));
            Present(code, node, target);
        }
    }

    private void Present(ILGenerator code, AvroNode node, Type target)
    {
        switch (node.Type)
        {
            case "record":
                code.Emit(OpCodes.Ldarg_0);
                code.Emit(OpCodes.Ldarg_1);
                code.Emit(OpCodes.Call, Record(node, target));
                break;
            case "enum":
                Symbol(code, node, target);
                break;
            case "array":
                Items(code, node.Items!, target, options.GetTypeInfo(target));
                break;
            case "map":
                Entries(code, node.Items!, target, options.GetTypeInfo(target));
                break;
            default:
                MethodInfo? read = AvroReads.Of(node, target, options.NumberHandling);
                Require(read is not null);
                code.Emit(OpCodes.Ldarg_1);
                code.Emit(OpCodes.Call, read!);
                break;
        }
    }

    /// <summary>A union of null and one other type.</summary>
    private void Optional(ILGenerator code, AvroNode node, Type target)
    {
        Require(node.Branches.Count == 2 && node.Branches.Count(b => b.Type == "null") == 1);
        Require(!target.IsValueType || Nullable.GetUnderlyingType(target) is not null);
        bool isNullFirst = node.Branches[0].Type == "null";
        Label present = code.DefineLabel();
        Label end = code.DefineLabel();
        LocalBuilder value = code.DeclareLocal(target);
        code.Emit(OpCodes.Ldarg_1);
        code.Emit(OpCodes.Ldc_I4_2);
        code.Emit(OpCodes.Call, ReadUnionIndex);
        code.Emit(isNullFirst ? OpCodes.Brtrue : OpCodes.Brfalse, present);
        code.Emit(OpCodes.Ldloca, value);
        code.Emit(OpCodes.Initobj, target);
        code.Emit(OpCodes.Br, end);
        code.MarkLabel(present);
        Value(code, node.Branches[isNullFirst ? 1 : 0], target);
        code.Emit(OpCodes.Stloc, value);
        code.MarkLabel(end);
        code.Emit(OpCodes.Ldloc, value);
    }

    /// <summary>An element of an array that has what JSON makes of each symbol.</summary>
    private void Symbol(ILGenerator code, AvroNode node, Type target)
    {
        Require(target == typeof(string) || target.IsEnum);
        Array symbols = Array.CreateInstance(target, node.Symbols.Count);
        for (int i = 0; i < symbols.Length; i++)
        {
            symbols.SetValue(OfSymbol(node.Symbols[i], target), i);
        }

        Constant(code, symbols);
        code.Emit(OpCodes.Ldarg_1);
        code.Emit(OpCodes.Ldc_I4, symbols.Length);
        code.Emit(OpCodes.Call, ReadUnionIndex);
        code.Emit(OpCodes.Ldelem, target);
    }

    private object OfSymbol(string symbol, Type target)
    {
        try
        {
            return target == typeof(string) ? symbol : JsonSerializer.Deserialize($"\"{symbol}\"", options.GetTypeInfo(target))!;
        }
        catch (JsonException)
        {
            throw new NotPlannedException(); // Only events with the symbol are unreadable.
        }
    }

    private void Items(ILGenerator code, AvroNode items, Type target, JsonTypeInfo info)
    {
        Require(info is { Kind: JsonTypeInfoKind.Enumerable, ElementType: not null });
        Type item = info.ElementType!;
        string read = target == item.MakeArrayType() ? nameof(AvroReads.Array) : nameof(AvroReads.List);
        Require(target.IsAssignableFrom(read == nameof(AvroReads.Array) ? target : typeof(List<>).MakeGenericType(item)));
        Require(target.IsInterface || target.IsArray || target == typeof(List<>).MakeGenericType(item));
        ReadAll(code, items, item, read);
    }

    private void Entries(ILGenerator code, AvroNode values, Type target, JsonTypeInfo info)
    {
        Require(info is { Kind: JsonTypeInfoKind.Dictionary, ElementType: not null } && info.KeyType == typeof(string));
        Type map = typeof(Dictionary<,>).MakeGenericType(typeof(string), info.ElementType!);
        Require(target == map || (target.IsInterface && target.IsAssignableFrom(map)));
        ReadAll(code, values, info.ElementType!, nameof(AvroReads.Map));
    }

    private void ReadAll(ILGenerator code, AvroNode node, Type item, string read)
    {
        code.Emit(OpCodes.Ldarg_0);
        code.Emit(OpCodes.Ldarg_1);
        Constant(code, Method(node, item).CreateDelegate(typeof(ReadPlanned<>).MakeGenericType(item)));
        code.Emit(OpCodes.Ldc_I4, node.LeastBytes);
        code.Emit(OpCodes.Call, typeof(AvroReads).GetMethod(read)!.MakeGenericMethod(item));
    }

    private DynamicMethod Record(AvroNode node, Type target)
    {
        if (!_records.TryGetValue((node, target), out DynamicMethod? method))
        {
            method = NewMethod(target);
            var record = new RecordEmitter(options.GetTypeInfo(target), method.GetILGenerator());
            record.Emit(node, Value, field =>
            {
                Constant(record.Code, new AvroSkip(field));
                record.Code.Emit(OpCodes.Ldarg_1);
                record.Code.Emit(OpCodes.Call, SkipField);
            });
            _records[(node, target)] = method;
        }

        return method;
    }

    /// <summary>Leaves an object on the stack that was made with the plan.</summary>
    private void Constant(ILGenerator code, object constant)
    {
        code.Emit(OpCodes.Ldarg_0);
        code.Emit(OpCodes.Ldc_I4, _constants.Count);
        code.Emit(OpCodes.Ldelem_Ref);
        code.Emit(OpCodes.Castclass, constant.GetType());
        _constants.Add(constant);
    }

    internal static void Require(bool isPlanned)
    {
        if (!isPlanned)
        {
            throw new NotPlannedException();
        }
    }
}
