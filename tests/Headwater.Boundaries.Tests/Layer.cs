using Xunit;

namespace Headwater.Boundaries.Tests;

/// <summary>What a project may reference. Everything else is rejected.</summary>
/// <param name="Name">The project.</param>
/// <param name="Projects">The projects of this repository.</param>
/// <param name="Packages">The NuGet packages.</param>
/// <param name="Assemblies">Prefixes of the assembly names in the packages. The base library is always allowed.</param>
public sealed record Layer(string Name, string[] Projects, string[] Packages, string[] Assemblies)
{
    public static IReadOnlyList<Layer> All { get; } =
    [
        new("Headwater.Core", [], ["Apache.Avro", "ZstdSharp.Port", "Microsoft.CodeAnalysis.PublicApiAnalyzers"], ["Avro", "ZstdSharp"]),
        new("Headwater.Contracts", ["Headwater.Core"], ["Microsoft.CodeAnalysis.PublicApiAnalyzers"], []),
        new("Headwater.Log", ["Headwater.Contracts"], [], ["Headwater.Core"]),
        new("Headwater.Formats", ["Headwater.Log"], ["CloudNative.CloudEvents"], ["Headwater.Core", "Headwater.Contracts", "CloudNative."]),
        new(
            "Headwater.Queues",
            ["Headwater.Formats"],
            ["Microsoft.Extensions.Logging.Abstractions"],
            ["Headwater.Core", "Headwater.Contracts", "Headwater.Log", "Microsoft.Extensions.Logging.Abstractions"]),
        new(
            "Headwater.Storage.Azure",
            ["Headwater.Log"],
            ["Azure.Storage.Blobs", "Azure.Storage.Queues", "Azure.Data.Tables", "Azure.Identity", "System.IO.Hashing"],
            ["Headwater.Core", "Headwater.Contracts", "Azure."]),
        new(
            "Headwater.Http",
            ["Headwater.Queues"],
            ["CloudNative.CloudEvents", "System.IO.Hashing"],
            [
                "Headwater.Core",
                "Headwater.Contracts",
                "Headwater.Log",
                "Headwater.Formats",
                "CloudNative.",
                "Microsoft.AspNetCore.",
                "Microsoft.Extensions.",
                "Microsoft.Net.Http.",
            ]),
        new(
            "Headwater.Hosting",
            ["Headwater.Http", "Headwater.Storage.Azure"],
            ["OpenTelemetry.Extensions.Hosting", "OpenTelemetry.Exporter.OpenTelemetryProtocol"],
            ["Headwater.", "OpenTelemetry", "Azure.", "Microsoft.AspNetCore.", "Microsoft.Extensions."]),
        new(
            "Headwater.Client",
            ["Headwater.Contracts"],
            ["Microsoft.Extensions.DependencyInjection.Abstractions", "Microsoft.Extensions.Logging.Abstractions"],
            ["Headwater.Core"]),
        new("Headwater.Client.Sqlite", ["Headwater.Client"], ["Microsoft.Data.Sqlite"], ["Headwater.Core", "SQLitePCLRaw."]),
        new(
            "Headwater.LocalHost",
            ["Headwater.Hosting"],
            ["System.CommandLine", "Spectre.Console", "CsvHelper", "Cronos"],
            ["Headwater.", "Azure.", "Avro", "Spectre.", "CsvHelper", "OpenTelemetry", "Microsoft.AspNetCore", "Microsoft.Extensions."]),
    ];

    public static TheoryData<string> Names => [.. All.Select(l => l.Name)];

    public static Layer Of(string name) => All.Single(l => l.Name == name);

    public override string ToString() => Name;
}
