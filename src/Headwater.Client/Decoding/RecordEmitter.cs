using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using System.Reflection.Emit;
using System.Text.Json.Serialization.Metadata;

namespace Headwater.Client;

/// <summary>Makes the method that reads a record: each field into a local, then the constructor, then the members that it does not set.</summary>
/// <param name="type">The C# type.</param>
/// <param name="code">The method.</param>
[RequiresDynamicCode("Makes code at run time.")]
internal sealed class RecordEmitter(JsonTypeInfo type, ILGenerator code)
{
    private readonly Dictionary<JsonPropertyInfo, LocalBuilder> _read = [];

    public ILGenerator Code => code;

    /// <param name="node">The record.</param>
    /// <param name="value">Leaves a value on the stack.</param>
    /// <param name="skip">Skips a field that the type does not have.</param>
    public void Emit(AvroNode node, Action<ILGenerator, AvroNode, Type> value, Action<AvroNode> skip)
    {
        PlanEmitter.Require(PlannedTypes.IsPlainObject(type));
        foreach ((string name, AvroNode field) in node.Fields)
        {
            if (Find(name) is { } property)
            {
                value(code, field, property.PropertyType);
                LocalBuilder local = code.DeclareLocal(property.PropertyType);
                code.Emit(OpCodes.Stloc, local);
                PlanEmitter.Require(_read.TryAdd(property, local));
            }
            else
            {
                skip(field);
            }
        }

        // JSON says which required members are missing.
        PlanEmitter.Require(type.Properties.All(p => !p.IsRequired || _read.ContainsKey(p)));
        LocalBuilder made = code.DeclareLocal(type.Type);
        Construct(made);
        foreach ((JsonPropertyInfo property, LocalBuilder local) in _read)
        {
            if (property.AssociatedParameter is not { IsMemberInitializer: false })
            {
                code.Emit(type.Type.IsValueType ? OpCodes.Ldloca : OpCodes.Ldloc, made);
                code.Emit(OpCodes.Ldloc, local);
                Set(property);
            }
        }

        code.Emit(OpCodes.Ldloc, made);
        code.Emit(OpCodes.Ret);
    }

    /// <summary>The member that JSON would set; null if the type has none, or JSON does not set it.</summary>
    private JsonPropertyInfo? Find(string name)
    {
        StringComparison comparison = type.Options.PropertyNameCaseInsensitive ? StringComparison.OrdinalIgnoreCase : StringComparison.Ordinal;
        JsonPropertyInfo[] named = [.. type.Properties.Where(p => p.Name.Equals(name, comparison))];
        PlanEmitter.Require(named.Length <= 1);
        return named is [{ } one] && (one.Set is not null || one.AssociatedParameter is not null) ? one : null;
    }

    private void Construct(LocalBuilder made)
    {
        if (type.ConstructorAttributeProvider is not ConstructorInfo constructor)
        {
            PlanEmitter.Require(type.Type.IsValueType && type.Properties.All(p => p.AssociatedParameter is null));
            code.Emit(OpCodes.Ldloca, made);
            code.Emit(OpCodes.Initobj, type.Type);
            return;
        }

        foreach (ParameterInfo parameter in constructor.GetParameters())
        {
            JsonPropertyInfo? property = type.Properties.FirstOrDefault(
                p => p.AssociatedParameter is { IsMemberInitializer: false } own && own.Position == parameter.Position);
            PlanEmitter.Require(property is not null && property.PropertyType == parameter.ParameterType);
            if (_read.TryGetValue(property!, out LocalBuilder? local))
            {
                code.Emit(OpCodes.Ldloc, local);
            }
            else
            {
                Default(parameter);
            }
        }

        code.Emit(OpCodes.Newobj, constructor);
        code.Emit(OpCodes.Stloc, made);
    }

    /// <summary>A field that the schema does not have is a default of the constructor.</summary>
    private void Default(ParameterInfo parameter)
    {
        PlanEmitter.Require(!parameter.HasDefaultValue || parameter.DefaultValue is null);
        LocalBuilder empty = code.DeclareLocal(parameter.ParameterType);
        code.Emit(OpCodes.Ldloca, empty);
        code.Emit(OpCodes.Initobj, parameter.ParameterType);
        code.Emit(OpCodes.Ldloc, empty);
    }

    private void Set(JsonPropertyInfo property)
    {
        if (property.AttributeProvider is FieldInfo { IsInitOnly: false } field)
        {
            code.Emit(OpCodes.Stfld, field);
        }
        else
        {
            MethodInfo? setter = (property.AttributeProvider as PropertyInfo)?.SetMethod;
            PlanEmitter.Require(setter is not null && setter.DeclaringType!.IsAssignableFrom(type.Type));
            code.Emit(type.Type.IsValueType ? OpCodes.Call : OpCodes.Callvirt, setter!);
        }
    }
}
