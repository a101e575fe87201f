using System.Globalization;
using Headwater.Core.Positions;
using Headwater.Log.Groups.Model;
using Headwater.Log.Groups.Offsets;
using Headwater.Log.Model;

namespace Headwater.Benchmarks.Scale;

/// <summary>Many consumer groups of one stream, and the timer that copies their offsets.</summary>
internal static class ManyGroups
{
    private const int Partitions = 4;

    private static readonly TimeSpan Ample = TimeSpan.FromHours(1);

    public static void Run(ScaleSizes sizes, ScaleTable table) => SimulatedService.Play(async service =>
    {
        SimulatedProcess process = service.Start();
        StreamDescription stream = await process.CreateAsync("grouped", new StreamSettings { Partitions = Partitions });
        for (int p = 0; p < Partitions; p++)
        {
            await process.AppendAsync(stream, p);
        }

        table.Title(string.Create(CultureInfo.InvariantCulture, $"{sizes.Groups:N0} groups of a stream of {Partitions} partitions"));
        await table.MeasureAsync("a first commit of each group", (sizes.Groups * 11) + 10, process, () => CommitAllAsync(process, stream, sizes.Groups, 0));
        SimulatedProcess timers = service.Start();
        await table.MeasureAsync("copy-groups, all groups have changed", (sizes.Groups * 3) + 5, timers, () => CopyAsync(timers));
        await service.PassAsync(TimeSpan.FromMinutes(5));
        await table.MeasureAsync("copy-groups, none has since: marks are deleted", (sizes.Groups * 3) + 5, timers, () => CopyAsync(timers));
        await service.PassAsync(TimeSpan.FromMinutes(5));
        CallCounts idle = await table.MeasureAsync("copy-groups, nothing to do", 1, timers, () => CopyAsync(timers));
        const int Rounds = 288;
        table.Note(string.Create(
            CultureInfo.InvariantCulture,
            $"per idle group and day: {Rounds * (double)idle.All / sizes.Groups:0.00} calls, {Rounds * idle.Dollars / sizes.Groups:0.000000000} dollars"));
        await table.MeasureAsync("a later commit of each group", (sizes.Groups * 3) + 5, process, () => CommitAllAsync(process, stream, sizes.Groups, 1));
    });

    private static async Task CopyAsync(SimulatedProcess timers) => await timers.Log.Groups.CopyChangedAsync(Ample, CancellationToken.None);

    private static async Task CommitAllAsync(SimulatedProcess process, StreamDescription stream, int groups, long offset)
    {
        PartitionCommit[] commits = [.. Enumerable.Range(0, Partitions).Select(p => new PartitionCommit(new PartitionId(p), new Offset(offset), null))];
        for (int g = 0; g < groups; g++)
        {
            var name = GroupName.Parse(string.Create(CultureInfo.InvariantCulture, $"g{g:D5}"));
            await process.Log.Groups.CommitAsync(stream, name, new CommitRequest(commits, null, null), CancellationToken.None);
        }
    }
}
