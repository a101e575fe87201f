using Xunit;

namespace Headwater.Boundaries.Tests;

/// <summary>What a project may stand on. Everything not named is refused.</summary>
/// <param name="Name">The project.</param>
/// <param name="Projects">Ours.</param>
/// <param name="Packages">Others', as NuGet names them.</param>
/// <param name="Assemblies">Prefixes of assembly names that the packages bring; the base library is always allowed.</param>
public sealed record Layer(string Name, string[] Projects, string[] Packages, string[] Assemblies)
{
    public static IReadOnlyList<Layer> All { get; } =
    [
        new("Headwater.Core", [], ["Apache.Avro", "ZstdSharp.Port"], ["Avro", "ZstdSharp"]),
        new("Headwater.Log", ["Headwater.Core"], [], []),
        new(
            "Headwater.Storage.Azure",
            ["Headwater.Log"],
            ["Azure.Storage.Blobs", "Azure.Storage.Queues", "Azure.Data.Tables", "Azure.Identity", "System.IO.Hashing"],
            ["Headwater.Core", "Azure."]),
        new(
            "Headwater.Http",
            ["Headwater.Log"],
            ["CloudNative.CloudEvents", "CloudNative.CloudEvents.SystemTextJson", "System.IO.Hashing", "OpenTelemetry.Extensions.Hosting", "OpenTelemetry.Exporter.OpenTelemetryProtocol"],
            ["Headwater.Core", "CloudNative.", "OpenTelemetry", "Microsoft.AspNetCore.", "Microsoft.Extensions.", "Microsoft.Net.Http."]),
        new(
            "Headwater.LocalHost",
            ["Headwater.Http", "Headwater.Storage.Azure"],
            ["System.CommandLine", "Spectre.Console", "CsvHelper", "Cronos"],
            ["Headwater.", "Azure.", "Avro", "Spectre.", "CsvHelper", "OpenTelemetry", "Microsoft.AspNetCore", "Microsoft.Extensions."]),
    ];

    public static TheoryData<string> Names => [.. All.Select(l => l.Name)];

    public static Layer Of(string name) => All.Single(l => l.Name == name);

    public override string ToString() => Name;
}
