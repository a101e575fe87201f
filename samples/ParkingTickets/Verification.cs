using System.Diagnostics.CodeAnalysis;
using System.Net.Http.Json;
using Headwater.Client;

namespace ParkingTickets;

/// <summary>Checks that live reads, a snapshot, a rebuild and a swap give the totals that a calculation by hand gives.</summary>
internal sealed class Verification(Uri log, string snapshots, int seed)
{
    private readonly Ledger _ledger = new(seed);

    private readonly List<string> _differences = [];

    /// <returns>0 if all totals are equal; 1 if some differ or the run failed.</returns>
    [SuppressMessage("Design", "CA1031:Do not catch general exception types", Justification = "Whatever fails is printed and makes the exit code 1.")]
    public static async Task<int> RunAsync(TimeProvider time)
    {
        long began = time.GetTimestamp();
        int seed = int.Parse(Environment.GetEnvironmentVariable("HEADWATER_SEED") ?? "1", System.Globalization.CultureInfo.InvariantCulture);
        DirectoryInfo folder = Directory.CreateTempSubdirectory("parking-tickets");
        try
        {
            await using HostProcess host = await HostProcess.StartAsync(folder.CreateSubdirectory("log").FullName);
            var run = new Verification(host.Address, Path.Combine(folder.FullName, "snapshots"), seed);
            await run.RunAsync();
            string outcome = run._differences.Count == 0
                ? "live, snapshot, rebuild and swap agree"
                : $"DIFFERENT: {string.Join("; ", run._differences)}";
            long owed = run._ledger.Debts.Values.Sum(d => d.Owed);
            Console.WriteLine(
                $"{run._ledger.Debts.Count} users owe {Office.Euros(owed)} after {run._ledger.Events} events (seed {seed}); {outcome}; "
                + $"{time.GetElapsedTime(began).TotalSeconds:0.0} s");
            return run._differences.Count == 0 ? 0 : 1;
        }
        catch (Exception failed)
        {
            Console.WriteLine($"FAILED (seed {seed}) after {time.GetElapsedTime(began).TotalSeconds:0.0} s: {failed}");
            return 1;
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private async Task RunAsync()
    {
        await using (Office office = await Office.StartAsync(log, snapshots))
        await using (Desk desk = await Desk.StartAsync(office, "http://127.0.0.1:0"))
        {
            for (int i = 0; i < 5; i++)
            {
                await PostAsync(office, 500);
                await CompareEndpointAsync(desk, $"live {i}");
            }

            await CompareAsync(office, "live");
        }

        await using Office restarted = await Office.StartAsync(log, snapshots);
        await using Desk restartedDesk = await Desk.StartAsync(restarted, "http://127.0.0.1:0");
        Check(restarted.Debts.Origin.Snapshot is not null && restarted.Lines.Origin.Snapshot is not null, "no snapshot was restored");
        await PostAsync(restarted, 1_000);
        await CompareAsync(restarted, "from a snapshot");
        await CompareEndpointAsync(restartedDesk, "from a snapshot");

        await using (Office rebuilt = await Office.StartAsync(log, null))
        await using (Desk desk = await Desk.StartAsync(rebuilt, "http://127.0.0.1:0"))
        {
            Check(rebuilt.Debts.Origin.Reason == RebuildReason.NothingStored, "the second office was not built from the log");
            await CompareAsync(rebuilt, "rebuilt");
            await CompareEndpointAsync(desk, "rebuilt");
        }

        RebuildReport<string, Debt> debts = await restarted.Debts.RebuildAsync();
        RebuildReport<string, TicketLine> lines = await restarted.Lines.RebuildAsync();
        Check(debts.TookOver && lines.TookOver, $"a rebuild did not take over: {debts.Comparison}, {lines.Comparison}");
        await PostAsync(restarted, 500);
        await CompareAsync(restarted, "after the swap");
        await CompareEndpointAsync(restartedDesk, "after the swap");
    }

    /// <summary>Posts, and waits until both views show what was posted.</summary>
    private async Task PostAsync(Office office, int count)
    {
        foreach ((string stream, AppendResult result) in await _ledger.PostAsync(office, count))
        {
            await office.Debts.WaitForAsync(stream, result);
            if (stream != office.Payments.Name)
            {
                await office.Lines.WaitForAsync(stream, result);
            }
        }
    }

    private async Task CompareEndpointAsync(Desk desk, string when)
    {
        using var http = new HttpClient { BaseAddress = desk.Address };
        Dictionary<string, Debt>? answered = await http.GetFromJsonAsync("debts", ParkingJson.Default.DictionaryStringDebt);
        Check(
            answered!.Count == _ledger.Debts.Count && _ledger.Debts.All(d => answered.GetValueOrDefault(d.Key) == d.Value),
            $"{when}: the endpoint shows other debts");
        TicketLine known = _ledger.Lines.First();
        Check(await http.GetFromJsonAsync($"tickets/{known.Number}", ParkingJson.Default.TicketLine) == known, $"{when}: the endpoint shows another ticket");
    }

    private async Task CompareAsync(Office office, string when)
    {
        VerifyReport<string, Debt> debts = await office.Debts.VerifyAsync(_ledger.Debts.Select(d => (d.Key, d.Value)).ToAsyncEnumerable());
        Check(debts.IsEqual && debts.Equal == _ledger.Debts.Count, $"{when}: {debts}");
        VerifyReport<string, TicketLine> lines = await office.Lines.VerifyAsync(_ledger.Lines.Select(l => (l.Number, l)).ToAsyncEnumerable());
        Check(lines.IsEqual, $"{when}: {lines}");
    }

    private void Check(bool isEqual, string difference)
    {
        if (!isEqual)
        {
            _differences.Add(difference);
        }
    }
}
