using System.Text.RegularExpressions;
using Microsoft.Azure.Functions.Worker;
using Xunit;

namespace Headwater.Functions.Tests.Http;

/// <summary>
/// The Functions host has no precedence among routes: it tries the functions in the order of their names and selects the first whose template and
/// methods match (https://github.com/Azure/azure-functions-host/issues/9876). Some versions also answer HEAD with 405 if a matching function that comes
/// earlier accepts neither GET nor HEAD. The names of functions therefore decide the routing, and these tests check the names.
/// </summary>
public sealed partial class HostRoutingTests
{
    private static readonly (string Name, HttpTriggerAttribute Trigger)[] InTheHostsOrder =
        [.. AppFunction.With<HttpTriggerAttribute>().Select(f => (f.Function.Name, f.Trigger)).OrderBy(f => f.Name, StringComparer.OrdinalIgnoreCase)];

    public static TheoryData<string, string> Requests =>
        [.. InTheHostsOrder.SelectMany(f => f.Trigger.Methods!.Select(method => (f.Name, method)))];

    [Theory]
    [MemberData(nameof(Requests))]
    public void The_host_takes_a_request_to_the_function_that_is_for_it(string name, string method)
    {
        string template = InTheHostsOrder.Single(f => f.Name == name).Trigger.Route!;
        string path = Parameter().Replace(template, "some-name");

        Assert.Equal(name, Taken(path, method));
    }

    [Theory]
    [InlineData("streams", "delete")]
    [InlineData("streams/some-name/events/and/more", "get")]
    [InlineData("elsewhere", "post")]
    public void What_no_route_is_for_is_taken_by_the_function_for_it(string path, string method) => Assert.Equal("Unmatched", Taken(path, method));

    private static string Taken(string path, string method)
    {
        foreach ((string name, HttpTriggerAttribute trigger) in InTheHostsOrder.Where(f => Fits(f.Trigger.Route!, path)))
        {
            if (trigger.Methods!.Contains(method))
            {
                return name;
            }

            if (method == "head" && !trigger.Methods!.Contains("get") && !trigger.Methods!.Contains("head"))
            {
                return $"405 at the place of {name}";
            }
        }

        return "404";
    }

    private static bool Fits(string template, string path) => Regex.IsMatch(
        path,
        "^"
            + Parameter()
                .Replace(template.Replace("{*path}", ".*", StringComparison.Ordinal), "[^/]+")
                .Replace("openapi.json", "openapi\\.json", StringComparison.Ordinal)
            + "$",
        RegexOptions.IgnoreCase);

    [GeneratedRegex(@"\{[^}]+\}")]
    private static partial Regex Parameter();
}
