using System.Globalization;
using Headwater.Core.Positions;
using Headwater.Log.Groups.Model;
using Headwater.Log.Groups.Offsets;
using Headwater.Log.Model;

namespace Headwater.Benchmarks.Scale;

/// <summary>A group over very many partitions with many members.</summary>
internal static class WideGroup
{
    private const int RowsPerQuery = 1_000;

    private static readonly GroupName Group = GroupName.Parse("wide");

    public static void Run(ScaleSizes sizes, ScaleTable table) => SimulatedService.Play(async service =>
    {
        SimulatedProcess process = service.Start();
        StreamDescription stream = await process.CreateAsync("shared", new StreamSettings { Partitions = sizes.GroupPartitions });
        table.Title(string.Create(CultureInfo.InvariantCulture, $"a group over {sizes.GroupPartitions:N0} partitions with {sizes.Members} members"));
        int full = ScaleRun.Pages(sizes.GroupPartitions + sizes.Members + 1, RowsPerQuery);
        var members = new Dictionary<string, MemberAnswer>();
        Task BeatAsync(string member) => HeartbeatAsync(process, stream, members, member);
        string[] names = [.. Enumerable.Range(0, sizes.Members).Select(m => string.Create(CultureInfo.InvariantCulture, $"m{m:D3}"))];
        foreach (string name in names.SkipLast(1))
        {
            await BeatAsync(name);
        }

        string last = names[^1];
        await table.MeasureAsync("a member joins", (2 * full) + ScaleRun.Pages(sizes.GroupPartitions, 98) + 4, process, () => BeatAsync(last));
        for (int round = 0; round < 8; round++)
        {
            foreach (string name in names)
            {
                await BeatAsync(name);
            }

            await service.PassAsync(TimeSpan.FromSeconds(5));
        }

        int owned = members.Values.Sum(m => m.Partitions.Count);
        table.Note(string.Create(CultureInfo.InvariantCulture, $"(the members own {owned:N0} partitions)"));
        await SteadyAsync(service, process, stream, table, members, names, full);
    });

    private static async Task SteadyAsync(
        SimulatedService service,
        SimulatedProcess process,
        StreamDescription stream,
        ScaleTable table,
        Dictionary<string, MemberAnswer> members,
        string[] names,
        int full)
    {
        async Task RoundAsync()
        {
            foreach (string name in names)
            {
                await HeartbeatAsync(process, stream, members, name);
            }
        }

        await RoundAsync();
        await service.PassAsync(TimeSpan.FromSeconds(2));
        await table.MeasureAsync("a heartbeat each", names.Length, process, RoundAsync);
        await service.PassAsync(TimeSpan.FromSeconds(28));
        await table.MeasureAsync("a heartbeat each that renews", names.Length * (2 + full), process, RoundAsync);
        MemberAnswer[] all = [.. members.Values];
        async Task CommitsAsync()
        {
            foreach (MemberAnswer member in all)
            {
                PartitionCommit[] commits = [.. member.Partitions.Select(p => new PartitionCommit(p.Partition, Offset.Zero, null))];
                var request = new CommitRequest(commits, member.Member, member.Generation);
                await process.Log.Groups.CommitAsync(stream, Group, request, CancellationToken.None);
            }
        }

        await table.MeasureAsync("a commit each of all that it owns", (names.Length * 2) + 1, process, CommitsAsync);
        await table.MeasureAsync("a commit each, again", names.Length, process, CommitsAsync);
    }

    private static async Task HeartbeatAsync(SimulatedProcess process, StreamDescription stream, Dictionary<string, MemberAnswer> members, string member)
    {
        MemberAnswer? known = members.GetValueOrDefault(member);
        members[member] = await process.Log.Groups.JoinAsync(
            stream,
            Group,
            new MemberRequest
            {
                Member = MemberName.Parse(member),
                Owned = known is null ? new HashSet<PartitionId>() : known.Partitions.Select(p => p.Partition).ToHashSet(),
                Generation = known?.Generation,
            },
            CancellationToken.None);
    }
}
