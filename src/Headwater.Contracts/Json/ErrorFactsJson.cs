using System.Text.Json;
using Headwater.Contracts.Errors;

namespace Headwater.Contracts.Json;

/// <summary>Facts of a problem as JSON.</summary>
public static class ErrorFactsJson
{
    /// <summary>The facts as a JSON object.</summary>
    public static JsonElement ToJson(this ErrorFacts facts) => JsonSerializer.SerializeToElement(facts, ContractJson.Default.GetTypeInfo(facts.GetType())!);

    /// <summary>Writes each fact as a member of the object that <paramref name="json"/> is in.</summary>
    public static void WriteMembers(this ErrorFacts facts, Utf8JsonWriter json)
    {
        foreach (JsonProperty fact in facts.ToJson().EnumerateObject())
        {
            fact.WriteTo(json);
        }
    }
}
