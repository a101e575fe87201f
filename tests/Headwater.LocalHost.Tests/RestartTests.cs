using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Headwater.LocalHost.Emulator;
using Headwater.LocalHost.Tests.Running;
using Headwater.Log.Ports;
using Headwater.Storage.Azure;
using Headwater.Storage.Azure.Connecting;
using Headwater.Storage.Azure.Metering;

namespace Headwater.LocalHost.Tests;

/// <summary>Acknowledged events survive every way in which the host can end.</summary>
public sealed class RestartTests : IAsyncLifetime
{
    private readonly TemporaryFolder _folder = new();
    private readonly HttpClient _http = new();
    private readonly Installed _installed;

    public RestartTests(Installed installed)
    {
        installed.Require();
        _installed = installed;
    }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();

        // If a failed test left Azurite running, this adopts and stops it.
        AzuriteFolder data = new(_folder.PathOf("azurite"));
        if (data.Record() is not null)
        {
            await using Azurite left = await StartAzuriteAsync(data);
        }

        _folder.Dispose();
    }

    [Fact]
    public async Task An_event_survives_a_killed_host_whose_Azurite_the_next_one_finds()
    {
        using HostProcess killed = Start();
        Uri before = await killed.AddressAsync();
        await CreateAsync(before);
        await PostAsync(before, "first");
        await killed.KillAsync();

        using HostProcess next = Start();
        Uri after = await next.AddressAsync();

        Assert.Contains("Azurite found running", next.Output, StringComparison.Ordinal);
        Assert.Equal(["first"], await ValuesAsync(after));
        Assert.Equal(1, await PostAsync(after, "second"));
        await next.StopAsync();
    }

    [Fact]
    public async Task An_event_survives_a_stop_that_takes_Azurite_with_it()
    {
        using HostProcess stopped = Start();
        Uri before = await stopped.AddressAsync();
        await CreateAsync(before);
        await PostAsync(before, "first");
        AzuriteRecord azurite = new AzuriteFolder(_folder.PathOf("azurite")).Record()!;
        await stopped.StopAsync();

        Assert.Equal((0, false), (stopped.ExitCode, OtherProcess.IsAlive(azurite.Pid, azurite.Started)));

        using HostProcess next = Start();
        Uri after = await next.AddressAsync();
        Assert.Contains("Azurite started", next.Output, StringComparison.Ordinal);
        Assert.Equal(["first"], await ValuesAsync(after));
        await next.StopAsync();
    }

    [Fact]
    public async Task A_signal_that_comes_twice_stops_the_host_once_and_takes_Azurite_with_it()
    {
        using HostProcess stopped = Start();
        await CreateAsync(await stopped.AddressAsync());
        AzuriteRecord azurite = new AzuriteFolder(_folder.PathOf("azurite")).Record()!;

        await stopped.StopAsync(times: 3);

        Assert.Equal((0, false), (stopped.ExitCode, OtherProcess.IsAlive(azurite.Pid, azurite.Started)));
    }

    [Fact]
    public async Task The_connection_string_of_the_emulator_is_printed_and_opens_it()
    {
        using HostProcess host = Start();
        await CreateAsync(await host.AddressAsync());

        string connection = host.Output.Split('\n').Single(l => l.StartsWith("Connect:", StringComparison.Ordinal))["Connect:".Length..].Trim();
        using StorageMeter meter = new();
        AzureStorage storage = new(new AzureStorageOptions { ConnectionString = connection }, meter, TimeProvider.System);
        IBlobs blobs = storage.OpenBlobs(StorageNames.Container);

        Assert.Contains((await blobs.ListAsync("", null, 100, Cancellation)).Items, b => b.Name == "notes/stream.json");
        await host.StopAsync();
    }

    [Fact]
    public async Task A_second_host_on_the_same_data_is_refused_and_the_first_goes_on()
    {
        using HostProcess first = Start();
        Uri address = await first.AddressAsync();
        await CreateAsync(address);

        using HostProcess second = await HostProcess.RunAsync(["--urls", "http://127.0.0.1:0", "--data", _folder.PathOf()]);

        Assert.Equal(1, second.ExitCode);
        Assert.Contains("Another local host", second.Errors, StringComparison.Ordinal);
        Assert.Equal(0, await PostAsync(address, "still here"));
        await first.StopAsync();
    }

    [Fact]
    public async Task Hosts_that_start_at_once_on_data_of_their_own_all_run()
    {
        HostProcess[] hosts = [.. Enumerable.Range(0, 3).Select(i => HostProcess.Start(["--urls", "http://127.0.0.1:0", "--data", _folder.PathOf($"{i}")]))];
        try
        {
            Uri[] addresses = await Task.WhenAll(hosts.Select(h => h.AddressAsync()));

            foreach (Uri address in addresses)
            {
                await CreateAsync(address);
            }
        }
        finally
        {
            await Task.WhenAll(hosts.Select(h => h.StopAsync()));
            Array.ForEach(hosts, h => h.Dispose());
        }
    }

    [Fact]
    public async Task A_note_of_a_process_that_is_no_longer_ours_is_not_believed()
    {
        AzuriteFolder data = new(_folder.PathOf("azurite"));
        Directory.CreateDirectory(data.Path);
        await File.WriteAllTextAsync(data.RecordFile, $$"""{"pid":{{Environment.ProcessId}},"started":"2001-01-01T00:00:00Z"}""", Cancellation);

        await using Azurite azurite = await StartAzuriteAsync(data);

        Assert.False(azurite.Adopted);
        Assert.NotEqual(Environment.ProcessId, azurite.ProcessId);
    }

    [Fact]
    public async Task Metrics_count_requests_and_storage_calls()
    {
        using HostProcess host = Start();
        Uri address = await host.AddressAsync();
        await CreateAsync(address);
        await PostAsync(address, "first");

        string metrics = await _http.GetStringAsync(new Uri(address, "/metrics"), Cancellation);

        Assert.Contains("headwater_events_appended_total 1\n", metrics, StringComparison.Ordinal);
        Assert.Contains("headwater_storage_operations_total{operation=\"blob-append\",outcome=\"done\"}", metrics, StringComparison.Ordinal);
        Assert.Contains("http_server_request_duration_seconds_bucket{", metrics, StringComparison.Ordinal);
        Assert.Contains("headwater_append_duration_seconds_count 1\n", metrics, StringComparison.Ordinal);
        Assert.Contains("headwater_budget_limit_bytes{budget=\"bodies\"} ", metrics, StringComparison.Ordinal);
        Assert.Contains("process_memory_usage_bytes ", metrics, StringComparison.Ordinal);
        await host.StopAsync();
    }

    [Fact]
    public async Task An_Azurite_that_ends_is_started_again_and_the_host_goes_on()
    {
        using HostProcess host = Start();
        Uri address = await host.AddressAsync();
        await CreateAsync(address);
        await PostAsync(address, "first");
        AzuriteRecord ended = new AzuriteFolder(_folder.PathOf("azurite")).Record()!;

        OtherProcess.AskToStop(ended.Pid);
        await host.SaysAsync("and was started again.");

        Assert.Equal(1, await PostAsync(address, "second"));
        Assert.Equal(["first", "second"], await ValuesAsync(address));
        await host.StopAsync();
        Assert.Equal(0, host.ExitCode);
    }

    [Fact]
    public async Task A_wrong_account_key_ends_the_host_at_its_start_with_one_sentence()
    {
        await using Azurite azurite = await StartAzuriteAsync(new AzuriteFolder(_folder.PathOf("azurite")));
        string wrong = azurite.Ports.ConnectionString.Replace("AccountKey=Eby8", "AccountKey=AAAA", StringComparison.Ordinal);

        using HostProcess host = await HostProcess.RunAsync(["--urls", "http://127.0.0.1:0", "--storage", wrong]);

        Assert.Equal(1, host.ExitCode);
        Assert.Contains("The account key in --storage is wrong", host.Errors, StringComparison.Ordinal);
        Assert.Single(host.Errors.TrimEnd().Split('\n'));
        Assert.DoesNotContain("listens", host.Output, StringComparison.Ordinal);
    }

    private HostProcess Start() => HostProcess.Start(["--urls", "http://127.0.0.1:0", "--data", _folder.PathOf()]);

    private Task<Azurite> StartAzuriteAsync(AzuriteFolder data) =>
        Azurite.StartAsync(data, AzuritePorts.Any, _installed.Azurite, TimeProvider.System, Cancellation);

    private async Task CreateAsync(Uri address)
    {
        using HttpResponseMessage answer = await _http.PutAsync(new Uri(address, "/streams/notes"), Json("{}"), Cancellation);
        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
    }

    private async Task<long> PostAsync(Uri address, string text)
    {
        using HttpResponseMessage answer = await _http.PostAsync(new Uri(address, "/streams/notes/events"), Json($$"""[{"value":"{{text}}"}]"""), Cancellation);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return (long)JsonNode.Parse(await answer.Content.ReadAsStringAsync(Cancellation))!["partitions"]![0]!["baseOffset"]!;
    }

    private async Task<string[]> ValuesAsync(Uri address)
    {
        string page = await _http.GetStringAsync(new Uri(address, "/streams/notes/partitions/0/events"), Cancellation);
        return [.. JsonNode.Parse(page)!["events"]!.AsArray().Select(e => (string)e!["value"]!)];
    }

    private static StringContent Json(string text) => new(text, Encoding.UTF8, "application/json");
}
