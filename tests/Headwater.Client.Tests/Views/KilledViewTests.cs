using System.Diagnostics;
using System.Globalization;
using Headwater.Materializer;
using Headwater.Testing;

namespace Headwater.Client.Tests;

/// <summary>
/// A process that materialises a view in SQLite is killed (SIGKILL) at random moments. HEADWATER_VIEW_KILLS is the number of kills (3),
/// HEADWATER_VIEW_SEED the seed.
/// </summary>
public sealed class KilledViewTests(RunningLog log) : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("headwater-killed").FullName;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_view_whose_process_was_killed_equals_a_fresh_rebuild()
    {
        int kills = Setting("HEADWATER_VIEW_KILLS", 3);
        int seed = Setting("HEADWATER_VIEW_SEED", 1);
        var random = new Random(seed);
        EventStream<Entry> entries = log.Client.Stream(AzuriteFixture.UniqueName(), BalancesJson.Default.Entry);
        EventStream<Owner> owners = log.Client.Stream(AzuriteFixture.UniqueName(), BalancesJson.Default.Owner);
        await entries.EnsureAsync(new StreamSettings { Partitions = 4 }, Cancellation);
        await owners.EnsureAsync(new StreamSettings { Partitions = 2, IsEntity = true }, Cancellation);
        int during = 0;
        long restored = 0;
        for (int kill = 0; kill < kills; kill++)
        {
            Task AppendMoreAsync() => AppendAsync(entries, owners, random, 4_000);
            await AppendMoreAsync();
            during += await RunAndKillAsync(entries.Name, owners.Name, random, kill % 2 == 0 ? null : AppendMoreAsync) ? 1 : 0;

            await using View<string, Balance> continued = await Balances.StartAsync(log.Client, entries.Name, owners.Name, Balances.InFolder(_folder));
            await using View<string, Balance> fresh = await Balances.StartAsync(log.Client, entries.Name, owners.Name, ViewStorage.InMemory());
            VerifyReport<string, Balance> report = await continued.VerifyAsync(
                fresh.Scan().Select(r => (r.Key, r.Value)).ToAsyncEnumerable(), cancellation: Cancellation);
            restored += continued.Origin.Reason == RebuildReason.None ? 1 : 0;
            Assert.True(report.IsEqual && report.Equal == fresh.Count, $"After kill {kill + 1} with seed {seed}: {report}");
        }

        TestContext.Current.TestOutputHelper!.WriteLine(
            $"HEADWATER_VIEW_SEED={seed}: {kills} kills, {during} of them before the view had caught up; {restored} times the rows were opened again");
        Assert.True(during > 0, "No kill came while the view was catching up.");
        Assert.True(restored >= kills - 1, $"Only {restored} times the rows were opened again.");
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static int Setting(string variable, int otherwise) =>
        int.TryParse(Environment.GetEnvironmentVariable(variable), CultureInfo.InvariantCulture, out int value) ? value : otherwise;

    private static async Task AppendAsync(EventStream<Entry> entries, EventStream<Owner> owners, Random random, int count)
    {
        Owner? NextOwner() => random.Next(5) == 0 ? null : new Owner($"n{random.Next(1_000)}");
        await owners.AppendAsync(
            [.. Enumerable.Range(0, 50).Select(_ => new NewEvent<Owner>($"o{random.Next(40)}", NextOwner()))], cancellation: Cancellation);
        await entries.AppendAsync(
            [.. Enumerable.Range(0, count).Select(_ => new NewEvent<Entry>($"a{random.Next(500)}", new Entry($"o{random.Next(40)}", random.Next(1_000))))],
            cancellation: Cancellation);
    }

    /// <param name="entries">The events' stream.</param>
    /// <param name="owners">The owners' stream.</param>
    /// <param name="random">Chooses the moment.</param>
    /// <param name="append">Null: kills while the view catches up. Otherwise kills while the view, which has caught up, follows these events.</param>
    /// <returns>Whether the process was killed before its view had caught up.</returns>
    private async Task<bool> RunAndKillAsync(string entries, string owners, Random random, Func<Task>? append)
    {
        string program = Path.Combine(AppContext.BaseDirectory, "Headwater.Materializer.dll");
        using Process process = Process.Start(new ProcessStartInfo("dotnet", [program, $"{log.Address}", entries, owners, _folder])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        })!;
        try
        {
            Assert.Equal("starting", await process.StandardOutput.ReadLineAsync(Cancellation));
            Task<string?> ready = process.StandardOutput.ReadLineAsync(Cancellation).AsTask();
            if (append is not null)
            {
                await ready;
                await append();
            }

            Task sign = append is null ? ready : process.WaitForExitAsync(Cancellation);
            await Task.WhenAny(sign, Task.Delay(TimeSpan.FromMilliseconds(random.Next(600)), Cancellation));
            Assert.False(process.HasExited, "The process ended by itself.");
            if (!ready.IsCompleted)
            {
                return true;
            }

            Assert.StartsWith("ready", await ready, StringComparison.Ordinal);
            return false;
        }
        finally
        {
            process.Kill();
            await process.WaitForExitAsync(CancellationToken.None);
        }
    }
}
