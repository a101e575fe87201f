using Headwater.Contracts.Errors;
using Headwater.Http.Pipeline;
using Headwater.Http.Routing;
using Headwater.Log.Model;
using Headwater.Log.Ports;
using Headwater.Testing;

namespace Headwater.Http.Tests.OpenApi;

/// <summary>Requests that are refused in the same way on many routes.</summary>
internal sealed class RefusedRequests(DeclaredAnswers answers)
{
    private static readonly (string, string) Json = ("Content-Type", "application/json");

    /// <summary>A valid body of each route that takes one, by operation id.</summary>
    private static readonly Dictionary<string, string> Bodies = new()
    {
        ["putStream"] = "{}",
        ["patchStream"] = """{"doc":"x"}""",
        ["appendEvents"] = """[{"value":1}]""",
        ["appendToPartition"] = """[{"value":1}]""",
        ["commitOffsets"] = """{"offsets":[{"partition":0,"offset":0}]}""",
        ["joinGroup"] = """{"member":"m"}""",
        ["resetOffsets"] = """{"to":"earliest"}""",
        ["forceResetOffsets"] = """{"to":"earliest"}""",
        ["runMaintenance"] = "{}",
    };

    private readonly byte[] _tooLarge = new byte[Limits.BodyBytes + 1];

    public async Task SendAsync()
    {
        TestApi api = new();
        await api.CreateAsync();
        foreach (Route route in api.Api.Routes.Where(r => r.Template is not ("health" or "ready" or "openapi.json")))
        {
            await SendAsync(api, 400, route, PathOf(route) + "?unknown=1");
        }

        foreach (Route route in api.Api.Routes.Where(r => IsInStream(r) && r.Contract.Id != "putStream"))
        {
            await SendAsync(api, 404, route, PathOf(route, stream: "none"));
        }

        await SendAsync(api, 404, api.Route("GET", "appends/{id}"));
        await SendAsync(api, 404, api.Route("DELETE", "appends/poison/{ref}"));
        foreach (Route route in api.Api.Routes.Where(r => r.Method != "GET" && !r.Contract.Appends))
        {
            await answers.SendAsync(api, 412, route.Method, PathOf(route), BodyOf(route), Json, ("If-Match", "\"none\""));
        }

        foreach (Route route in api.Api.Routes.Where(r => r.Contract.Bodies.Count > 0))
        {
            await answers.SendAsync(api, 413, route.Method, PathOf(route), _tooLarge, Json);
            await answers.SendAsync(api, 415, route.Method, PathOf(route), BodyOf(route), ("Content-Type", "text/plain"));
        }

        await AccessAsync();
        await StorageAsync(StorageFault.Unavailable, 503);
        await StorageAsync(StorageFault.Rejected, 500);
    }

    /// <summary>The host's policy refuses, or has a defect.</summary>
    private async Task AccessAsync()
    {
        await EveryRouteAsync(403, (_, _) => throw new HeadwaterException(ErrorCode.Forbidden, "Not with this key."));
        await EveryRouteAsync(500, (_, _) => throw new InvalidOperationException());
    }

    private async Task EveryRouteAsync(int status, AccessPolicy access)
    {
        TestApi api = new(access);
        foreach (Route route in api.Api.Routes)
        {
            await SendAsync(api, status, route);
        }
    }

    /// <summary>Every call of storage fails.</summary>
    private async Task StorageAsync(StorageFault fault, int status)
    {
        var script = new CallScript();
        TestApi api = new(wrap: blobs => new WatchedBlobs(blobs, script));
        await api.CreateAsync();
        api.Time.Advance(TimeSpan.FromHours(1)); // The stream's description is remembered for 10 minutes at most.
        script.Every(_ => true, CallFate.Refused(fault));
        api.Tables.Fault = new StorageException(fault, "tables");
        api.Queues.Fault = new StorageException(fault, "queues");
        foreach (Route route in api.Api.Routes.Where(r => r.Template is not ("health" or "openapi.json")))
        {
            // A service that is rejected by its storage is not ready either.
            await SendAsync(api, route.Template == "ready" ? 503 : status, route);
        }
    }

    private Task<Reply> SendAsync(TestApi api, int status, Route route, string? path = null) =>
        answers.SendAsync(api, status, route.Method, path ?? PathOf(route), BodyOf(route), Json);

    private static string? BodyOf(Route route) => route.Contract.Bodies.Count > 0 ? Bodies[route.Contract.Id] : null;

    private static bool IsInStream(Route route) => route.Pattern.Names.Contains("stream");

    private static string PathOf(Route route, string stream = "s") => "/" + route.Template
        .Replace("{stream}", stream, StringComparison.Ordinal)
        .Replace("{partition}", "0", StringComparison.Ordinal)
        .Replace("{producer}", "p", StringComparison.Ordinal)
        .Replace("{id}", new string('0', 32), StringComparison.Ordinal)
        .Replace("{ref}", new string('0', 32), StringComparison.Ordinal)
        .Replace("{group}", "g", StringComparison.Ordinal)
        .Replace("{member}", "m", StringComparison.Ordinal);
}
