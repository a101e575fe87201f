using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Headwater.LocalHost.Serving;
using Headwater.Log.Model;

namespace Headwater.EndToEnd.Tests.Groups;

/// <summary>Six consumers in two languages use two instances of the log on Azurite, while some of them are killed or frozen.</summary>
public sealed class ConsumersTests(RunningLog log)
{
    private const int Events = 100_000;

    private const int Batch = 5_000;

    private const int Partitions = 8;

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_hundred_thousand_events_are_all_processed_through_kills_and_freezes()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "The test freezes processes with Unix signals.");
        string stream = await log.CreateAsync($$"""{"partitions":{{Partitions}}}""");
        await using LocalServer second = await LocalServer.StartAsync(
            ListenAddress.Parse("http://127.0.0.1:0"), log.ConnectionString, LogOptions.Default, Cancellation);
        string[] arguments = [$"{log.Server.Address},{second.Address}", stream, "g"];
        List<ConsumerProcess> all = [];
        try
        {
            for (int i = 0; i < 3; i++)
            {
                all.Add(ConsumerProcess.Dotnet(arguments));
                all.Add(ConsumerProcess.Node(arguments));
            }

            Task filled = FillAsync(stream);
            await TroubleAsync(all, arguments);
            await filled;
            List<Dictionary<int, long>> seen = await UntilConsumedAsync(stream);
            await Task.WhenAll(all.Select(c => c.EndAsync(Cancellation)));

            RequireMonotonic(seen);
            long[] ends = [.. seen[^1].OrderBy(o => o.Key).Select(o => o.Value)];
            Assert.Equal(Events, ends.Sum());
            RequireProcessed(all, ends);
            Assert.All(all, RequireContiguous);
        }
        finally
        {
            all.ForEach(c => c.Dispose());
        }
    }

    /// <summary>Kills one consumer of each language and freezes one of each for longer than its session and the margin.</summary>
    private static async Task TroubleAsync(List<ConsumerProcess> all, string[] arguments)
    {
        await Task.Delay(TimeSpan.FromSeconds(5), Cancellation);
        all[0].Kill();
        all[1].Kill();
        await all[2].FreezeAsync();
        await all[3].FreezeAsync();
        all.Add(ConsumerProcess.Dotnet(arguments));
        all.Add(ConsumerProcess.Node(arguments));
        await Task.Delay(TimeSpan.FromSeconds(13), Cancellation);
        await all[2].WakeAsync();
        await all[3].WakeAsync();
    }

    private async Task FillAsync(string stream)
    {
        for (int first = 0; first < Events; first += Batch)
        {
            var body = new StringBuilder();
            for (int i = first; i < first + Batch; i++)
            {
                body.Append(CultureInfo.InvariantCulture, $"{{\"key\":\"k{i}\",\"value\":{{\"n\":{i}}}}}\n");
            }

            using HttpResponseMessage posted = await log.PostAsync(stream, body.ToString(), "application/x-ndjson");
            Assert.Equal(HttpStatusCode.OK, posted.StatusCode);

            // Spreads the events over the whole test, so that there is work before, during and after the kills.
            await Task.Delay(TimeSpan.FromMilliseconds(700), Cancellation);
        }
    }

    /// <summary>Samples the committed offsets until there is no lag. Fails if no consumer commits within <see cref="Patience"/>.</summary>
    private async Task<List<Dictionary<int, long>>> UntilConsumedAsync(string stream)
    {
        List<Dictionary<int, long>> seen = [];
        await Progress.UntilNoneAsync(
            async () =>
            {
                JsonNode group = await log.GetAsync($"/streams/{stream}/groups/g");
                seen.Add(group["offsets"]!.AsArray().ToDictionary(o => (int)o!["partition"]!, o => (long)o!["offset"]!));
                return Events - seen[^1].Values.Sum() + (long)group["lag"]!;
            },
            Patience);
        return seen;
    }

    private static void RequireMonotonic(List<Dictionary<int, long>> seen)
    {
        foreach ((Dictionary<int, long> before, Dictionary<int, long> after) in seen.Zip(seen.Skip(1)))
        {
            Assert.All(
                before,
                o => Assert.True(after[o.Key] >= o.Value, $"partition {o.Key}: the committed offset went back from {o.Value} to {after[o.Key]}"));
        }
    }

    /// <summary>Asserts that a consumer processed every event of every partition.</summary>
    private static void RequireProcessed(List<ConsumerProcess> all, long[] ends)
    {
        bool[][] processed = [.. ends.Select(e => new bool[e])];
        foreach (long[] numbers in all.SelectMany(c => c.Lines).Where(l => l[0] == 'E').Select(Numbers))
        {
            Array.Fill(processed[numbers[0]], true, (int)numbers[1], (int)(numbers[2] - numbers[1]));
        }

        Assert.All(processed, p => Assert.DoesNotContain(false, p));
    }

    /// <summary>Asserts that a consumer processes each partition without a gap and commits only what it has processed.</summary>
    private static void RequireContiguous(ConsumerProcess consumer)
    {
        var next = new Dictionary<long, long>();
        foreach (string line in consumer.Lines)
        {
            long[] n = line[0] == 'X' ? [] : Numbers(line);
            switch (line[0])
            {
                case 'S':
                    next[n[0]] = n[1];
                    break;
                case 'E':
                    Assert.True(n[1] <= next[n[0]], $"partition {n[0]}: processed from {n[1]}, but the next offset is {next[n[0]]}");
                    next[n[0]] = Math.Max(next[n[0]], n[2]);
                    break;
                case 'C':
                    Assert.True(n[1] <= next[n[0]], $"partition {n[0]}: committed {n[1]}, but processed only up to {next[n[0]]}");
                    break;
            }
        }
    }

    private static long[] Numbers(string line) => [.. line.Split(' ').Skip(1).Select(n => long.Parse(n, CultureInfo.InvariantCulture))];
}
