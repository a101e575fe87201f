using System.Text.Json.Nodes;
using Headwater.WorkerHost;
using Headwater.WorkerHost.Protocol;
using Xunit;

namespace Headwater.Functions.Tests.Worker;

/// <summary>A worker and a local host that only this test class uses, because the answers of <c>/health</c> and of lists depend on earlier requests.</summary>
public sealed class OwnWorker : IAsyncDisposable
{
    internal RunningWorker Running { get; } = new();

    public ValueTask DisposeAsync() => Running.DisposeAsync();
}

/// <summary>The worker's process and the local host give the same answers to the same requests.</summary>
public sealed class HttpParityTests(OwnWorker own) : IClassFixture<OwnWorker>
{
    private readonly RunningWorker _running = own.Running;

    private static readonly Call[] Calls =
    [
        new("PUT", "/streams/parity", """{"partitions":2,"kind":"entity"}"""),
        new("PUT", "/streams/parity", """{"partitions":2,"kind":"entity"}"""),
        new("PUT", "/streams/parity", """{"partitions":3}"""),
        new("PUT", "/streams/plain", """{"codec":"null","schema":{"type":"record","name":"R","fields":[{"name":"n","type":"int"}]}}"""),
        new("PUT", "/streams/plain", """{"partitions":"""),
        new("GET", "/streams?after=parit&limit=2"),
        new("HEAD", "/streams?after=parit&limit=2"),
        new("GET", "/streams?after=parit&limit=1"),
        new("GET", "/streams/parity"),
        new("GET", "/streams/absent"),
        new("PATCH", "/streams/parity", """{"doc":"patched"}"""),
        new("PATCH", "/streams/parity", """{"partitions":9}"""),
        new("POST", "/streams/parity/events", """[{"key":"a","value":1},{"key":"b","value":{"x":[1,2]}}]""", "Prefer", "return=representation"),
        new("POST", "/streams/parity/events", """[{"value":1}]"""),
        new("POST", "/streams/absent/events", """[{"value":1}]"""),
        new("POST", "/streams/plain/events", """[{"value":{"n":1}},{"value":{"n":2}}]""", "Idempotency-Key", "k1"),
        new("POST", "/streams/plain/events", """[{"value":{"n":1}},{"value":{"n":2}}]""", "Idempotency-Key", "k1"),
        new("POST", "/streams/plain/events", """[{"value":{"n":"text"}}]"""),
        new("POST", "/streams/plain/events", """[{"value":{"n":3}}]""", "If-Offset", "7"),
        new("POST", "/streams/plain/partitions/0/events", """[{"value":{"n":3}}]"""),
        new("POST", "/streams/plain/partitions/7/events", """[{"value":{"n":3}}]"""),
        new("POST", "/streams/plain/producers/p"),
        new("GET", "/streams/plain/events?cursor=none"),
        new("GET", "/streams/plain/partitions"),
        new("GET", "/streams/plain/partitions/0/events"),
        new("HEAD", "/streams/plain/partitions/0/events"),
        new("GET", "/streams/plain/partitions/0/events", null, "Accept", "application/x-ndjson"),
        new("GET", "/streams/plain/partitions/0/events", null, "Accept", "application/cloudevents-batch+json"),
        new("GET", "/streams/plain/partitions/0/events", null, "Accept", "application/avro"),
        new("GET", "/streams/plain/partitions/0/events", null, "Accept", "image/png"),
        new("GET", "/streams/plain/partitions/0/events", null, "Accept-Encoding", "gzip"),
        new("GET", "/streams/plain/partitions/0/events?offset=3"),
        new("GET", "/streams/plain/partitions/0/events?offset=99"),
        new("GET", "/streams/plain/partitions/0/events?offset=latest&wait=PT0.1S"),
        new("GET", "/streams/plain/segments"),
        new("POST", "/streams/plain/events", """[{"value":{"n":4}}]""", "Prefer", "respond-async"),
        new("GET", "/appends/00000000000000000000000000000000"),
        new("GET", "/appends/poison"),
        new("POST", "/appends/poison/redrive"),
        new("DELETE", "/appends/poison/00000000000000000000000000000000"),
        new("DELETE", "/appends/poison/redrive"),
        new("GET", "/appends/poison/00000000000000000000000000000000"),
        new("POST", "/streams/plain/groups/g/members", """{"member":"a"}"""),
        new("PUT", "/streams/plain/groups/h/offsets", """{"offsets":[{"partition":0,"offset":1}]}"""),
        new("PUT", "/streams/plain/groups/h/offsets", """{"offsets":[{"partition":9,"offset":1}]}"""),
        new("GET", "/streams/plain/groups"),
        new("GET", "/streams/plain/groups/h"),
        new("GET", "/streams/plain/groups/absent"),
        new("POST", "/streams/plain/groups/h/reset", """{"to":"earliest","dryRun":true}"""),
        new("POST", "/streams/plain/groups/h/reset", """{"to":"earliest","force":true}"""),
        new("POST", "/streams/plain/groups/h/reset/force", """{"to":"earliest","dryRun":true}"""),
        new("DELETE", "/streams/plain/groups/g"),
        new("DELETE", "/streams/plain/groups/g/members/a"),
        new("DELETE", "/streams/plain/groups/h"),
        new("POST", "/streams/parity/maintenance", """{"work":["checkpoint"]}"""),
        new("GET", "/health"),
        new("HEAD", "/health"),
        new("GET", "/ready"),
        new("GET", "/ready"),
        new("GET", "/openapi.json"),
        new("GET", "/nothing/here"),
        new("DELETE", "/streams"),
        new("OPTIONS", "/streams/plain"),
        new("DELETE", "/streams/parity"),
        new("GET", "/streams/parity"),
    ];

    [Fact]
    public async Task Every_answer_is_that_of_the_local_host()
    {
        Hosts hosts = await _running.HostsAsync();
        List<string> differences = [];
        foreach (Call call in Calls)
        {
            string local = await call.SendAsync(hosts.Local, TestContext.Current.CancellationToken);
            string worker = await call.SendAsync(hosts.Worker.Http, TestContext.Current.CancellationToken);
            if (local != worker)
            {
                differences.Add($"{local}\n--- the worker:\n{worker}\n");
            }
        }

        Assert.True(differences.Count == 0, string.Join('\n', differences));
    }

    /// <summary>Otherwise a new function could be missing from the calls above.</summary>
    [Fact]
    public async Task Every_HTTP_function_is_called()
    {
        HostedWorker worker = (await _running.HostsAsync()).Worker;
        IEnumerable<string> called = Calls.Select(c => worker.Functions.First(f => f.Takes(c.Method, c.Path.Split('?')[0])).Name).Distinct();

        Assert.Equal(worker.Functions.Where(f => f.Kind == "httpTrigger").Select(f => f.Name), called.Order(StringComparer.OrdinalIgnoreCase));
    }

    [Fact]
    public async Task An_accepted_batch_is_found_at_the_location_of_its_answer()
    {
        HttpClient http = (await _running.HostsAsync()).Worker.Http;
        using HttpRequestMessage create = new Call("PUT", "/streams/accepted", "{}").Request();
        using HttpResponseMessage created = await http.SendAsync(create, TestContext.Current.CancellationToken);
        using HttpRequestMessage append = new Call("POST", "/streams/accepted/events", """[{"value":1}]""", "Prefer", "respond-async").Request();
        using HttpResponseMessage accepted = await http.SendAsync(append, TestContext.Current.CancellationToken);

        string status = await http.GetStringAsync(accepted.Headers.Location, TestContext.Current.CancellationToken);

        Assert.Equal("queued", (string?)JsonNode.Parse(status)!["status"]);
    }

    [Fact]
    public async Task A_request_that_its_caller_gives_up_ends_its_invocation()
    {
        HostedWorker worker = (await _running.HostsAsync()).Worker;
        using HttpRequestMessage create = new Call("PUT", "/streams/given-up", "{}").Request();
        using HttpResponseMessage created = await worker.Http.SendAsync(create, TestContext.Current.CancellationToken);
        using var givenUp = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);

        Task<HttpResponseMessage> waiting =
            worker.Http.GetAsync(new Uri("/streams/given-up/partitions/0/events?offset=latest&wait=PT30S", UriKind.Relative), givenUp.Token);
        Task<Result> invocation = worker.LastInvocation("GetEvents")!;
        using HttpResponseMessage other = await worker.Http.GetAsync(new Uri("/streams/given-up", UriKind.Relative), TestContext.Current.CancellationToken);
        await givenUp.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        await invocation.WaitAsync(TimeSpan.FromSeconds(15), TestContext.Current.CancellationToken); // Half of the wait in the request.
        Assert.Equal(System.Net.HttpStatusCode.OK, other.StatusCode);
    }
}
