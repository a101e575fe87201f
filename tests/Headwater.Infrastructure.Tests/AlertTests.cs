using System.Text.RegularExpressions;

namespace Headwater.Infrastructure.Tests;

/// <summary>An alert on a metric that is never recorded never fires.</summary>
public sealed partial class AlertTests(Templates templates)
{
    private static readonly string[] Wanted = ["append-latency", "maintenance-overdue", "overloaded", "poison", "server-errors"];

    [Theory]
    [MemberData(nameof(Templates.Environments), MemberType = typeof(Templates))]
    public void There_is_an_alert_for_everything_that_somebody_must_look_at(string environment) =>
        Assert.Equal(Wanted.Select(w => $"headwater-{environment}-{w}"), Rules(environment).Select(r => r.Name).Order(StringComparer.Ordinal));

    [Theory]
    [MemberData(nameof(Templates.Environments), MemberType = typeof(Templates))]
    public void There_is_an_alert_for_throttled_storage(string environment) =>
        Assert.Single(templates.Resources(environment), r => r.Type == "Microsoft.Insights/metricAlerts");

    [Fact]
    public void Every_metric_that_an_alert_asks_for_is_counted_by_the_code() =>
        Rule.IsBrokenByNone(Quoted(Metric()).Where(m => !Regex.IsMatch(Code(), $@"\(\s*""{Regex.Escape(m)}""")));

    [Fact]
    public void Every_tag_of_a_metric_that_an_alert_asks_for_is_set_by_the_code() =>
        Rule.IsBrokenByNone(Quoted(Tag()).Where(t => !Code().Contains($"\"{t}\"", StringComparison.Ordinal)));

    [Fact]
    public void Every_timer_that_an_alert_asks_for_runs() =>
        Rule.IsBrokenByNone(Quoted(Timer()).Where(t => !Code().Contains($"new(\"{t}\", TimerSchedules.", StringComparison.Ordinal)));

    [Fact]
    public void Alerts_of_prod_tell_somebody() =>
        Rule.IsBrokenByNone(Rules("prod").Where(r => r.Property("actions.actionGroups") == "[]").Select(r => r.ToString()));

    private IEnumerable<Resource> Rules(string environment) => templates.Resources(environment).Where(r => r.Type == "Microsoft.Insights/scheduledQueryRules");

    /// <summary>The names that a pattern finds in the queries. Fails if there are none, because the pattern is then wrong.</summary>
    private string[] Quoted(Regex pattern)
    {
        string[] found =
        [
            .. Rules("prod")
                .SelectMany(r => pattern.Matches(r.Property("criteria")!))
                .SelectMany(m => m.Groups["name"].Captures)
                .Select(c => c.Value)
                .Distinct(),
        ];

        Assert.NotEmpty(found);
        return found;
    }

    private static string Code() => string.Concat(
        new[] { "src", "functions" }.SelectMany(folder => Directory.EnumerateFiles(Repository.PathOf(folder), "*.cs", SearchOption.AllDirectories))
            .Where(file => !file.Split(Path.DirectorySeparatorChar).Contains("obj"))
            .Select(File.ReadAllText));

    [GeneratedRegex(@"where Name == '(?<name>[^']+)'")]
    private static partial Regex Metric();

    [GeneratedRegex(@"Properties(\['(?<name>[^']+)'\]|\.(?<name>\w+)( == '(?<name>\w+)')?)")]
    private static partial Regex Tag();

    [GeneratedRegex(@"datatable\(Timer: string\) \[('(?<name>[\w-]+)'(, )?)+\]")]
    private static partial Regex Timer();
}
