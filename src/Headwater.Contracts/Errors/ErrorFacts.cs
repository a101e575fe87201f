using System.Text.Json;
using Headwater.Contracts.Json;

namespace Headwater.Contracts.Errors;

/// <summary>Facts of an error beside its code and detail. Each kind of facts is a record; its members are members of the problem on the wire.</summary>
public abstract record ErrorFacts
{
    private protected ErrorFacts()
    {
    }

    /// <summary>No facts.</summary>
    public static ErrorFacts None { get; } = new NoFacts();

    /// <summary>The facts as a JSON object.</summary>
    public JsonElement ToJson() => JsonSerializer.SerializeToElement(this, ContractJson.Default.GetTypeInfo(GetType())!);

    /// <summary>Writes each fact as a member of the object that <paramref name="json"/> is in.</summary>
    public void WriteMembers(Utf8JsonWriter json)
    {
        foreach (JsonProperty fact in ToJson().EnumerateObject())
            fact.WriteTo(json);
    }
}

/// <summary>An error without facts.</summary>
public sealed record NoFacts : ErrorFacts;
