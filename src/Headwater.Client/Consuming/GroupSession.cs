using System.Text.Json;
using Headwater.Contracts.Answers;
using Headwater.Contracts.Json;
using Headwater.Contracts.Requests;
using Headwater.Contracts.Text;
using Headwater.Core.Positions;

namespace Headwater.Client;

/// <summary>The requests of a member of a consumer group, and what it knows of its session.</summary>
/// <param name="api">The connection.</param>
/// <param name="path">The group's path.</param>
/// <param name="options">The consumer's options.</param>
internal sealed class GroupSession(ApiConnection api, string path, ConsumerOptions options)
{
    /// <summary>Partitions of one commit.</summary>
    private const int CommitPartitions = 100;

    private readonly Lock _gate = new();

    private long? _generation;

    private string? _member = options.Member;

    private int _life;

    private long _end;

    /// <summary>Whether the session is over by this process's own clock, which keeps running while the process is frozen.</summary>
    public bool IsOver => api.Time.GetTimestamp() >= Volatile.Read(ref _end);

    /// <summary>The member's id; null before the first answer.</summary>
    public string? Member
    {
        get
        {
            lock (_gate)
            {
                return _member;
            }
        }
    }

    /// <summary>Grows each time that the member expires: what the group answers to a request of an earlier life does not concern this one.</summary>
    public int Life => Volatile.Read(ref _life);

    /// <summary>Sends one heartbeat, which joins if the member owns nothing yet.</summary>
    /// <param name="owned">The partitions that the member keeps.</param>
    /// <param name="cancellation">Stops the request.</param>
    /// <returns>Null if the member expired while the request was under way.</returns>
    public async Task<MemberBeatAnswer?> BeatAsync(IReadOnlyList<PartitionId> owned, CancellationToken cancellation)
    {
        int life = Life;
        (string? member, long? generation) = Identity();
        var body = new MemberBeatBody(member, Durations.Format(options.SessionTimeout), [.. owned.Select(p => p.Value)], generation);
        var request = new ApiRequest(HttpMethod.Post, $"{path}/members")
        {
            Body = JsonSerializer.SerializeToUtf8Bytes(body, ContractJson.Default.MemberBeatBody),
        };
        long sent = api.Time.GetTimestamp();
        MemberBeatAnswer answer = ApiConnection.Parse(await api.SendAsync(request, cancellation), ContractJson.Default.MemberBeatAnswer);
        lock (_gate)
        {
            if (_life != life)
            {
                return null;
            }

            (_member, _generation) = (answer.Member, answer.Generation);
            if (answer.Renewed && Durations.TryParse(answer.SessionTimeout, out TimeSpan session))
            {
                // Counted from before the request was sent: the service began the session later.
                Volatile.Write(ref _end, sent + (long)(session.TotalSeconds * api.Time.TimestampFrequency));
            }
        }

        return answer;
    }

    /// <summary>Commits offsets, each at the generation at which its partition was received.</summary>
    /// <exception cref="HeadwaterException">member_expired, partition_lost: another member may have the partition.</exception>
    public async Task CommitAsync(IReadOnlyList<(AssignedPartition Partition, Offset Offset)> offsets, CancellationToken cancellation)
    {
        string? member = Member;
        foreach (IGrouping<long, (AssignedPartition Partition, Offset Offset)> generation in offsets.GroupBy(o => o.Partition.Generation))
        {
            foreach ((AssignedPartition Partition, Offset Offset)[] some in generation.Chunk(CommitPartitions))
            {
                var body = new OffsetCommitBody(
                    [.. some.Select(o => new CommittedOffsetBody(o.Partition.Partition.Value, o.Offset.Value, null))], member, generation.Key);
                var request = new ApiRequest(HttpMethod.Put, $"{path}/offsets")
                {
                    Body = JsonSerializer.SerializeToUtf8Bytes(body, ContractJson.Default.OffsetCommitBody),
                };
                await api.RetryAsync(request, cancellation);
            }
        }
    }

    /// <summary>Frees the member's partitions at once.</summary>
    public async Task LeaveAsync(CancellationToken cancellation)
    {
        (string? member, long? generation) = Identity();
        if (member is not null && generation is { } known)
        {
            await api.SendAsync(new ApiRequest(HttpMethod.Delete, $"{path}/members/{Uri.EscapeDataString(member)}?generation={known}"), cancellation);
        }
    }

    /// <summary>The member has nothing any more and joins again with its next heartbeat.</summary>
    /// <param name="life">The <see cref="Life"/> that is over.</param>
    /// <returns>False if it was over already.</returns>
    public bool TryExpire(int life)
    {
        lock (_gate)
        {
            if (_life != life)
            {
                return false;
            }

            _life++;
            (_member, _generation) = (options.Member, null);
            Volatile.Write(ref _end, 0);
            return true;
        }
    }

    private (string? Member, long? Generation) Identity()
    {
        lock (_gate)
        {
            return (_member, _generation);
        }
    }
}
