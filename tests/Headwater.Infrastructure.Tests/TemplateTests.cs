using System.Text.Json;
using System.Text.RegularExpressions;

namespace Headwater.Infrastructure.Tests;

/// <summary>Rules for the templates that the linter does not have.</summary>
public sealed partial class TemplateTests(Templates templates)
{
    /// <summary>Parts and extensions of other resources, which have no location and no tags. Every other resource must have both.</summary>
    private static readonly string[] Parts =
    [
        "Microsoft.Authorization/locks",
        "Microsoft.Authorization/roleAssignments",
        "Microsoft.Insights/diagnosticSettings",
        "Microsoft.Network/privateEndpoints/privateDnsZoneGroups",
        "Microsoft.Storage/storageAccounts/blobServices",
        "Microsoft.Storage/storageAccounts/blobServices/containers",
        "Microsoft.Storage/storageAccounts/managementPolicies",
        "Microsoft.Storage/storageAccounts/queueServices/queues",
        "Microsoft.Storage/storageAccounts/tableServices/tables",
        "Microsoft.Web/sites/basicPublishingCredentialsPolicies",
        "Microsoft.Web/sites/config",
    ];

    [Fact]
    public void Every_module_is_used()
    {
        HashSet<string> used = ["infra/main.bicep"];
        for (Queue<string> open = new(used); open.TryDequeue(out string? template);)
        {
            foreach (string module in Referenced(template).Where(used.Add))
            {
                open.Enqueue(module);
            }
        }

        Assert.Equal(Repository.Templates("*.bicep"), used.Order(StringComparer.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Templates.Environments), MemberType = typeof(Templates))]
    public void Every_resource_that_can_have_a_location_has_one(string environment) =>
        Rule.IsBrokenByNone(Whole(environment).Where(r => r.Text("location") is not ("westeurope" or "global")).Select(r => r.ToString()));

    [Theory]
    [MemberData(nameof(Templates.Environments), MemberType = typeof(Templates))]
    public void Every_resource_that_can_have_tags_says_whose_environment_it_is_of(string environment) =>
        Rule.IsBrokenByNone(Whole(environment).Where(r => Tag(r, "azd-env-name") != environment).Select(r => r.ToString()));

    [Theory]
    [MemberData(nameof(Templates.Environments), MemberType = typeof(Templates))]
    public void The_app_is_found_by_the_service_of_azure_yaml(string environment)
    {
        Resource app = Assert.Single(templates.Resources(environment), r => r.Type == "Microsoft.Web/sites");

        Assert.Contains($"\n  {Tag(app, "azd-service-name")}:\n", Repository.Read("azure.yaml").ReplaceLineEndings("\n"), StringComparison.Ordinal);
    }

    [Fact]
    public void Every_parameter_says_whether_it_must_be_given()
    {
        IEnumerable<string> silent =
            from template in Repository.Templates("*.bicep")
            from Match parameter in Parameter().Matches(Repository.Read(template))
            let needed = !parameter.Groups["rest"].Value.Contains('=') && !parameter.Groups["rest"].Value.EndsWith('?')
            where !parameter.Groups["before"].Value.Contains(needed ? "@description('Required. " : "@description('Optional. ", StringComparison.Ordinal)
            select $"{template}: {parameter.Groups["name"].Value}";

        Rule.IsBrokenByNone(silent);
    }

    [Fact]
    public void Every_optional_parameter_says_its_default()
    {
        IEnumerable<string> silent =
            from template in Repository.Templates("*.bicep")
            from Match text in Optional().Matches(Repository.Read(template))
            where !text.Value.Contains("Default ", StringComparison.Ordinal)
            select $"{template}: {text.Value}";

        Rule.IsBrokenByNone(silent);
    }

    private IEnumerable<Resource> Whole(string environment) => templates.Resources(environment).Where(r => !Parts.Contains(r.Type));

    private static string? Tag(Resource resource, string name) =>
        resource.Json.TryGetProperty("tags", out JsonElement tags) && tags.TryGetProperty(name, out JsonElement value) ? value.GetString() : null;

    private static IEnumerable<string> Referenced(string template) =>
        Reference().Matches(Repository.Read(template))
            .Select(m => Path.GetFullPath(Path.Combine(Repository.PathOf(template), "..", m.Groups["path"].Value)))
            .Select(path => Path.GetRelativePath(Repository.Root, path).Replace('\\', '/'));

    [GeneratedRegex(@"^(module \w+|import \{[^}]*\} from) '(?<path>[^']+)'", RegexOptions.Multiline)]
    private static partial Regex Reference();

    [GeneratedRegex(@"(?<before>(^[@}) ].*\n)*)^param (?<name>\w+)(?<rest>.*)$", RegexOptions.Multiline)]
    private static partial Regex Parameter();

    [GeneratedRegex(@"'Optional\. .*'\)$", RegexOptions.Multiline)]
    private static partial Regex Optional();
}
