using System.Text.Json;
using System.Text.Json.Nodes;
using Headwater.WorkerHost.Protocol;

namespace Headwater.WorkerHost;

/// <summary>A function as the worker announces it.</summary>
/// <param name="Id">The id for invocations.</param>
/// <param name="Name">The name, unique in the app.</param>
/// <param name="Trigger">The JSON of its trigger binding.</param>
public sealed record WorkerFunction(string Id, string Name, JsonObject Trigger)
{
    public string Kind => (string)Trigger["type"]!;

    /// <summary>The name of the parameter that receives the trigger's data.</summary>
    public string Parameter => (string)Trigger["name"]!;

    /// <summary>Whether the function has an HTTP trigger that accepts this method and path.</summary>
    public bool Takes(string method, string path) =>
        Kind == "httpTrigger"
            && Trigger["methods"]!.AsArray().Any(m => string.Equals((string?)m, method, StringComparison.OrdinalIgnoreCase))
            && Fits((string)Trigger["route"]!, path);

    internal static WorkerFunction Of(FunctionMetadata metadata) => new(
        metadata.FunctionId,
        metadata.Name,
        metadata.RawBindings.Select(b => JsonNode.Parse(b)!.AsObject()).Single(b => ((string)b["type"]!).EndsWith("Trigger", StringComparison.Ordinal)));

    public override string ToString() => $"{Name} {Trigger.ToJsonString(JsonSerializerOptions.Default)}";

    private static bool Fits(string template, string path)
    {
        string[] wanted = template.Split('/');
        string[] given = path.Trim('/').Split('/');
        return wanted[0].StartsWith("{*", StringComparison.Ordinal)
            || (wanted.Length == given.Length
                && wanted.Zip(given).All(p => p.First.StartsWith('{') || p.First.Equals(p.Second, StringComparison.OrdinalIgnoreCase)));
    }
}
