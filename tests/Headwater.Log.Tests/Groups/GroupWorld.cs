using Headwater.Core.Positions;
using Headwater.Log.Groups.Model;
using Headwater.Log.Groups.Offsets;
using Headwater.Log.Model;

namespace Headwater.Log.Tests.Groups;

/// <summary>A stream with a few events, and short methods to call its consumer group.</summary>
internal sealed class GroupWorld
{
    public const int Events = 10;

    public static readonly GroupName Group = GroupName.Parse("g");

    private GroupWorld(World world, Instance instance, StreamDescription stream) => (World, Instance, Stream) = (world, instance, stream);

    public World World { get; }

    public Instance Instance { get; }

    public StreamDescription Stream { get; }

    public static void Play(int partitions, Func<GroupWorld, Task> scenario) => Tests.World.Play(async world =>
    {
        Instance instance = world.Start();
        StreamDescription stream = await instance.CreateAsync("orders", Options.Partitioned(partitions));
        for (int partition = 0; partition < Math.Min(partitions, 4); partition++)
        {
            await instance.AppendAsync(stream, Enumerable.Range(0, Events).Select(i => new Posted($"{i}")), target: partition);
        }

        instance.Storage.Clear();
        await scenario(new GroupWorld(world, instance, stream));
    });

    public Task WaitAsync(double seconds) => Task.Delay(TimeSpan.FromSeconds(seconds), World.Time);

    public Task<MemberAnswer> JoinAsync(string member, Instance? instance = null, double? session = null) =>
        HeartbeatAsync(member, [], null, instance, session);

    public Task<MemberAnswer> HeartbeatAsync(MemberAnswer last, params int[] owned) => HeartbeatAsync(last.Member.Value, owned, last.Generation.Value);

    public Task<MemberAnswer> HeartbeatAsync(string member, int[] owned, long? generation, Instance? instance = null, double? session = null) =>
        (instance ?? Instance).Log.Groups.JoinAsync(
            Stream,
            Group,
            new MemberRequest
            {
                Member = MemberName.Parse(member),
                Owned = owned.Select(p => new PartitionId(p)).ToHashSet(),
                Generation = generation is { } value ? new Generation(value) : null,
                Session = session is { } seconds ? TimeSpan.FromSeconds(seconds) : null,
            },
            default);

    public Task CommitAsync(MemberAnswer? by, params (int Partition, long Offset)[] offsets) => CommitAsync(by?.Member, by?.Generation, offsets);

    public Task CommitAsync(MemberName? member, Generation? generation, params (int Partition, long Offset)[] offsets)
    {
        PartitionCommit[] commits = [.. offsets.Select(o => new PartitionCommit(new PartitionId(o.Partition), new Offset(o.Offset), null))];
        return Instance.Log.Groups.CommitAsync(Stream, Group, new CommitRequest(commits, member, generation), default);
    }

    /// <summary>The committed offsets, each as <c>partition:offset</c>.</summary>
    public async Task<string> OffsetsAsync(Instance? instance = null) =>
        string.Join(' ', (await DescribeAsync(instance)).Offsets.Select(o => $"{o.Partition}:{o.Offset}"));

    public Task<GroupDescription> DescribeAsync(Instance? instance = null) => (instance ?? Instance).Log.Groups.DescribeAsync(Stream, Group, default);

    public static string Owned(MemberAnswer answer) => string.Join(' ', Of(answer));

    public static int[] Of(MemberAnswer answer) => [.. answer.Partitions.Select(p => p.Partition.Value)];
}
