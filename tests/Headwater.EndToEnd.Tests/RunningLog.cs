using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Headwater.LocalHost.Serving;
using Headwater.Log.Model;
using Headwater.Testing;

[assembly: AssemblyFixture(typeof(Headwater.EndToEnd.Tests.RunningLog))]

namespace Headwater.EndToEnd.Tests;

/// <summary>The local host's server over the tests' Azurite, on a real port. Each test uses its own streams.</summary>
public sealed class RunningLog : IAsyncLifetime
{
    private AzuriteProcess? _azurite;
    private LocalServer? _server;
    private HttpClient? _http;
    private string _noNode = "";

    /// <summary>The server. If Node.js, which runs Azurite, is missing, the test skips.</summary>
    internal LocalServer Server => _server ?? throw Skipped();

    public HttpClient Http => _http ?? throw Skipped();

    public string ConnectionString { get; private set; } = "";

    public async ValueTask InitializeAsync()
    {
        try
        {
            _azurite = await AzuriteProcess.StartAsync(CancellationToken.None);
            ConnectionString = _azurite.ConnectionString;
        }
        catch (ToolMissingException missing)
        {
            _noNode = missing.Message;
            return;
        }

        _server = await LocalServer.StartAsync(ListenAddress.Parse("http://127.0.0.1:0"), ConnectionString, LogOptions.Default, CancellationToken.None);
        _http = new HttpClient { BaseAddress = _server.Address };
    }

    public async ValueTask DisposeAsync()
    {
        _http?.Dispose();
        if (_server is not null)
        {
            await _server.DisposeAsync();
        }

        _azurite?.Dispose();
    }

    /// <summary>Creates a stream with a unique name.</summary>
    /// <param name="settings">The body of the PUT request.</param>
    public async Task<string> CreateAsync(string settings = "{}")
    {
        string name = AzuriteFixture.UniqueName();
        using HttpResponseMessage answer = await Http.PutAsync($"/streams/{name}", Body(settings), TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
        return name;
    }

    public Task<HttpResponseMessage> PostAsync(string stream, string body, string type = "application/json") =>
        Http.PostAsync($"/streams/{stream}/events", Body(body, type), TestContext.Current.CancellationToken);

    /// <summary>The values of partition 0, from its start.</summary>
    public async Task<JsonNode[]> ValuesAsync(string stream)
    {
        JsonNode page = await GetAsync($"/streams/{stream}/partitions/0/events?limit=10000");
        return [.. page["events"]!.AsArray().Select(e => e!["value"]!)];
    }

    public async Task<JsonNode> GetAsync(string path) =>
        JsonNode.Parse(await Http.GetStringAsync(new Uri(path, UriKind.Relative), TestContext.Current.CancellationToken))!;

    public static StringContent Body(string text, string type = "application/json") => new(text, Encoding.UTF8, new MediaTypeHeaderValue(type));

    private InvalidOperationException Skipped()
    {
        Assert.Skip(_noNode);
        return new InvalidOperationException(_noNode);
    }
}
