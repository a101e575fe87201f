using System.Net;
using System.Text.Json.Nodes;
using Headwater.LocalHost.Emulator;
using Headwater.LocalHost.Npm;
using Headwater.LocalHost.Serving;
using Headwater.Log.Model;
using Headwater.Testing;

namespace Headwater.EndToEnd.Tests;

/// <summary>Storage stops and restarts while the host keeps running.</summary>
public sealed class StorageOutageTests : IAsyncLifetime
{
    private const string OneEvent = """[{"key":"SEA","value":{"origin":"SEA","delay":1}}]""";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("headwater-outage-");
    private readonly NpmProject _package = NpmProject.Find("azurite", "Azurite", TimeProvider.System);
    private Azurite? _azurite;
    private LocalServer? _server;
    private HttpClient? _http;

    public async ValueTask InitializeAsync()
    {
        try
        {
            await _package.EnsureInstalledAsync(TextWriter.Null, CancellationToken.None);
            _azurite = await StartAsync(AzuritePorts.From(LastingPorts.First()));
        }
        catch (LocalHost.Errors.HostException missing)
        {
            Assert.Skip(missing.Message);
        }

        LogOptions impatient = LogOptions.Default with { AppendPatience = TimeSpan.FromSeconds(2) };
        _server = await LocalServer.StartAsync(ListenAddress.Parse("http://127.0.0.1:0"), _azurite.Ports.ConnectionString, impatient, CancellationToken.None);
        _http = new HttpClient { BaseAddress = _server.Address };
        using HttpResponseMessage created = await _http.PutAsync("/streams/flights", RunningLog.Body(Flights.Settings));
        Assert.Equal(HttpStatusCode.Created, created.StatusCode);
        using HttpResponseMessage posted = await PostAsync();
        Assert.Equal(HttpStatusCode.OK, posted.StatusCode);
    }

    public async ValueTask DisposeAsync()
    {
        _http?.Dispose();
        await using (_azurite)
        {
            if (_server is not null)
            {
                await _server.DisposeAsync();
            }
        }

        _folder.Delete(recursive: true);
    }

    [Fact]
    public async Task An_append_without_storage_is_answered_503_with_Retry_After()
    {
        await _azurite!.StopAsync();

        using HttpResponseMessage answer = await PostAsync();

        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
        Assert.True(answer.Headers.RetryAfter?.Delta > TimeSpan.Zero);
    }

    [Fact]
    public async Task An_append_that_could_not_be_sent_says_that_nothing_was_stored()
    {
        await _azurite!.StopAsync();

        using HttpResponseMessage answer = await PostAsync();

        JsonNode problem = JsonNode.Parse(await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken))!;
        Assert.Equal(("storage_unavailable", "no", true), ((string)problem["code"]!, (string)problem["appended"]!, (bool)problem["retryable"]!));
    }

    [Fact]
    public async Task A_read_without_storage_is_answered_503_with_Retry_After()
    {
        await _azurite!.StopAsync();

        using HttpResponseMessage answer = await _http!.GetAsync("/streams/flights/partitions/0/events?offset=latest", TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
        Assert.True(answer.Headers.RetryAfter?.Delta > TimeSpan.Zero);
    }

    [Fact]
    public async Task Appends_go_on_where_they_were_once_storage_is_back()
    {
        await _azurite!.StopAsync();
        using HttpResponseMessage refused = await PostAsync();
        _azurite = await StartAsync(_azurite.Ports);

        using HttpResponseMessage answer = await PostAsync();

        JsonNode stored = JsonNode.Parse(await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken))!;
        Assert.Equal(1, (long)stored["partitions"]![0]!["baseOffset"]!);
        JsonNode page = JsonNode.Parse(await _http!.GetStringAsync("/streams/flights/partitions/0/events", TestContext.Current.CancellationToken))!;
        Assert.Equal(2, page["events"]!.AsArray().Count);
    }

    private Task<Azurite> StartAsync(AzuritePorts ports) =>
        Azurite.StartAsync(new AzuriteFolder(_folder.FullName), ports, _package, TimeProvider.System, TestContext.Current.CancellationToken);

    private Task<HttpResponseMessage> PostAsync() =>
        _http!.PostAsync("/streams/flights/events", RunningLog.Body(OneEvent), TestContext.Current.CancellationToken);
}
