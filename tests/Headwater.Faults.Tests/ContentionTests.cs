using System.Diagnostics;
using System.Net.Http.Json;
using Headwater.LocalHost.Emulator;
using Headwater.LocalHost.Npm;
using Xunit;

namespace Headwater.Faults.Tests;

/// <summary>
/// Measures one host against eight on one partition at the same offered load, as real processes over Azurite. It reports figures and asserts only
/// that every host gets some appends through. Run it explicitly:
/// <c>dotnet run --project tests/Headwater.Faults.Tests -- --explicit only --show-live-output on</c>.
/// </summary>
public sealed class ContentionTests(ITestOutputHelper output)
{
    private const int OfferedPerSecond = 200;

    private static readonly TimeSpan Duration = TimeSpan.FromSeconds(15);

    [Fact(Explicit = true)]
    public async Task Eight_hosts_on_one_partition_beside_one()
    {
        NpmProject package = NpmProject.Find("azurite", "Azurite, the storage emulator,", TimeProvider.System);
        await package.EnsureInstalledAsync(TextWriter.Null, CancellationToken.None);
        DirectoryInfo data = Directory.CreateTempSubdirectory("headwater-contention");
        await using Azurite azurite = await Azurite.StartAsync(
            new AzuriteFolder(data.FullName), AzuritePorts.Any, package, TimeProvider.System, CancellationToken.None);
        int[] alone = await MeasureAsync(azurite.Ports.ConnectionString, 1);
        int[] together = await MeasureAsync(azurite.Ports.ConnectionString, 8);
        double seconds = Duration.TotalSeconds;
        output.WriteLine(
            $"offered {OfferedPerSecond} events/s; one host {alone.Sum() / seconds:F0} events/s; eight hosts {together.Sum() / seconds:F0} events/s "
            + $"({100.0 * together.Sum() / alone.Sum():F0} %), the slowest {100.0 * together.Min() * together.Length / together.Sum():F0} % of its fair share");
        Assert.True(together.Min() > 0);
    }

    private static async Task<int[]> MeasureAsync(string connectionString, int hosts)
    {
        HostProcess[] fleet = await Task.WhenAll(Enumerable.Range(0, hosts).Select(_ => HostProcess.StartAsync(connectionString, seed: 0)));
        try
        {
            using var client = new HttpClient();
            (await client.PutAsJsonAsync(new Uri(fleet[0].Address, $"/streams/contention-{hosts}"), new { })).EnsureSuccessStatusCode();
            foreach (HostProcess host in fleet)
            {
                await PostAsync(client, host, hosts); // Opens the partition before the clock starts.
            }

            return await Task.WhenAll(fleet.Select(host => OfferAsync(client, host, hosts)));
        }
        finally
        {
            foreach (HostProcess host in fleet)
            {
                host.Dispose();
            }
        }
    }

    /// <summary>Open loop: each request is sent at its scheduled time, whether or not earlier requests were answered.</summary>
    private static async Task<int> OfferAsync(HttpClient client, HostProcess host, int hosts)
    {
        var under = new List<Task<bool>>();
        var clock = Stopwatch.StartNew();
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds((double)hosts / OfferedPerSecond));
        while (clock.Elapsed < Duration && await timer.WaitForNextTickAsync())
        {
            under.Add(PostAsync(client, host, hosts));
        }

        int answered = under.Count(t => t.IsCompletedSuccessfully && t.Result);
        await Task.WhenAll(under);
        return answered;
    }

    private static async Task<bool> PostAsync(HttpClient client, HostProcess host, int hosts)
    {
        using HttpResponseMessage answer = await client.PostAsJsonAsync(
            new Uri(host.Address, $"/streams/contention-{hosts}/events"), new[] { new { value = 1 } });
        return answer.IsSuccessStatusCode;
    }
}
