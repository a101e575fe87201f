using System.Diagnostics;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Xunit;

namespace Headwater.Functions.Tests.Http;

public sealed class HttpFunctionTests : IAsyncDisposable
{
    private readonly TestApp _app = new();

    public static TheoryData<string> Names =>
        [.. AppFunction.With<HttpTriggerAttribute>().Where(f => f.Trigger.Route != "{*path}").Select(f => f.Function.Name)];

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    /// <summary>The span of a request names the route that ran.</summary>
    [Theory]
    [MemberData(nameof(Names))]
    public async Task Each_function_runs_the_route_it_is_bound_to(string name)
    {
        var function = AppFunction.Named(name);
        var trigger = (HttpTriggerAttribute)function.Trigger;
        string method = trigger.Methods![0].ToUpperInvariant();
        string path = "/" + trigger.Route!
            .Replace("{partition}", "0", StringComparison.Ordinal)
            .Replace("{", "fn-", StringComparison.Ordinal)
            .Replace("}", "", StringComparison.Ordinal);
        Activity? span = null;
        using ActivityListener listener = Listener(path, method, s => span = s);
        DefaultHttpContext context = TestApp.Context(method, path, "{}");

        await function.CallAsync(_app.Services, context.Request);

        Assert.Equal($"{method} /{trigger.Route}", span?.DisplayName);
    }

    [Fact]
    public async Task Events_go_in_and_come_out()
    {
        await _app.SendAsync("PutStream", "PUT", "/streams/s", "{}");
        (int appended, _) = await _app.SendAsync("PostEvents", "POST", "/streams/s/events", """[{"key":"a","value":1}]""");
        (int read, string page) = await _app.SendAsync("GetEvents", "GET", "/streams/s/partitions/0/events");

        Assert.Equal((200, 200, 1), (appended, read, (int)JsonNode.Parse(page)!["events"]![0]!["value"]!));
    }

    [Fact]
    public async Task A_HEAD_request_is_answered_without_a_body() => Assert.Equal((200, ""), await _app.SendAsync("Health", "HEAD", "/health"));

    [Theory]
    [InlineData("GET", "/nothing", 404, "route_not_found")]
    [InlineData("DELETE", "/streams", 405, "method_not_allowed")]
    public async Task What_no_function_takes_is_answered_with_a_problem(string method, string path, int status, string code)
    {
        (int answered, string body) = await _app.SendAsync("Unmatched", method, path);

        Assert.Equal((status, code), (answered, (string?)JsonNode.Parse(body)!["code"]));
    }

    /// <summary>The function requires a lower permission than deleting does, so it must not run the route of a request that reaches it.</summary>
    [Fact]
    public async Task What_no_function_takes_never_runs_a_route()
    {
        await _app.SendAsync("PutStream", "PUT", "/streams/s", "{}");
        await _app.SendAsync("Unmatched", "DELETE", "/streams/s");

        (int status, _) = await _app.SendAsync("GetStream", "GET", "/streams/s");
        Assert.Equal(200, status);
    }

    private static ActivityListener Listener(string path, string method, Action<Activity> stopped)
    {
        ActivityListener listener = new()
        {
            ShouldListenTo = source => source.Name == "Headwater.Http",
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
            ActivityStopped = span =>
            {
                // Listeners are process-wide, so requests of other tests are filtered out.
                if ((string?)span.GetTagItem("url.path") == path && (string?)span.GetTagItem("http.request.method") == method)
                {
                    stopped(span);
                }
            },
        };
        ActivitySource.AddActivityListener(listener);
        return listener;
    }
}
