using System.Text.RegularExpressions;
using Headwater.Log.Ports;

namespace Headwater.Infrastructure.Tests;

/// <summary>Every principal has exactly the roles it needs.</summary>
public sealed partial class RoleTests(Templates templates)
{
    private const string App = "the app";

    /// <summary>Scope and role of every grant to the app. Adding a line is a decision; infra/README.md gives the reason for each.</summary>
    private static readonly string[] OfTheApp =
    [
        "components/appi-headwater: Monitoring Metrics Publisher",
        "containers/streams: Storage Blob Data Contributor",
        "queues/appends-poison: Storage Queue Data Contributor",
        "queues/appends: Storage Queue Data Contributor",
        "queues/inbox-poison: Storage Queue Data Contributor",
        "queues/inbox: Storage Queue Data Contributor",
        "storageAccounts/sthwfn: Storage Blob Data Owner",
        "storageAccounts/sthwlog: Storage Blob Delegator",
        "tables/appends: Storage Table Data Contributor",
        "tables/groups: Storage Table Data Contributor",
        "tables/partitions: Storage Table Data Contributor",
        "tables/streams: Storage Table Data Contributor",
    ];

    [Theory]
    [MemberData(nameof(Templates.Environments), MemberType = typeof(Templates))]
    public void The_app_may_do_what_is_listed_here_and_no_more(string environment) =>
        Assert.Equal(OfTheApp, Grants(environment).Where(g => g.Principal == App).Select(g => $"{g.Scope}: {g.Role}").Order(StringComparer.Ordinal));

    [Theory]
    [MemberData(nameof(Templates.Environments), MemberType = typeof(Templates))]
    public void Nobody_but_the_app_may_do_anything_to_queue_appends(string environment) =>
        Assert.Equal([App], Grants(environment).Where(g => g.Scope == "queues/" + StorageNames.AppendsQueue).Select(g => g.Principal));

    [Fact]
    public void A_named_sender_may_send_to_the_inbox_and_do_nothing_else() =>
        Assert.Equal(
            [new Grant("queues/" + StorageNames.InboxQueue, "Storage Queue Data Message Sender", BicepCompiler.Sender)],
            Grants("prod").Where(g => g.Principal != App));

    [Fact]
    public void Dev_grants_nothing_to_anybody_but_the_app() => Rule.IsBrokenByNone(Grants("dev").Where(g => g.Principal != App).Select(g => g.ToString()));

    [Theory]
    [MemberData(nameof(Templates.Environments), MemberType = typeof(Templates))]
    public void Every_grant_says_why(string environment) =>
        Rule.IsBrokenByNone(Assignments(environment).Where(a => string.IsNullOrEmpty(a.Property("description"))).Select(a => a.ToString()));

    /// <summary>The deploying identity may assign roles under a condition, which infra/README.md holds.</summary>
    [Fact]
    public void The_deploying_identity_may_assign_the_roles_of_the_templates_and_no_other()
    {
        string condition = RoleCondition().Match(Repository.Read("infra/README.md")).Groups["ids"].Value;

        Assert.Equal(RoleNames().Keys.Order(StringComparer.Ordinal), condition.Split(", ").Order(StringComparer.Ordinal));
    }

    private IEnumerable<Resource> Assignments(string environment) =>
        templates.Resources(environment).Where(r => r.Type == "Microsoft.Authorization/roleAssignments");

    private IEnumerable<Grant> Grants(string environment)
    {
        Dictionary<string, string> names = RoleNames();
        foreach (Resource assignment in Assignments(environment))
        {
            string scope = Scope().Match(assignment.Text("scope") ?? assignment.Id).Groups["scope"].Value;
            string principal = assignment.Property("principalId")!;
            string role = assignment.Property("roleDefinitionId")!.Split('/')[^1];
            yield return new Grant(
                Stable(scope), names[role], principal.Contains("userAssignedIdentities/id-headwater", StringComparison.Ordinal) ? App : principal);
        }
    }

    private static Dictionary<string, string> RoleNames() =>
        RoleId().Matches(Repository.Read("bicep/roles.bicep")).ToDictionary(m => m.Groups["id"].Value, m => m.Groups["name"].Value);

    /// <summary>Removes the part of a scope that differs between environments.</summary>
    private static string Stable(string scope) => EnvironmentPart().Replace(scope, "");

    [GeneratedRegex(@"(?<scope>[^/]+/[^/']+)('|/providers/Microsoft\.Authorization|$)")]
    private static partial Regex Scope();

    [GeneratedRegex(@"(?<=/sthw(fn|log))[a-z0-9]{13}$|-(dev|prod)$")]
    private static partial Regex EnvironmentPart();

    [GeneratedRegex(@"MAY=""\{(?<ids>[0-9a-f, -]+)\}""")]
    private static partial Regex RoleCondition();

    [GeneratedRegex(@"'(?<name>[\w ]+)': '(?<id>[0-9a-f-]{36})'")]
    private static partial Regex RoleId();

    private sealed record Grant(string Scope, string Role, string Principal);
}
