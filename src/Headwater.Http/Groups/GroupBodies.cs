using Headwater.Contracts.Errors;
using Headwater.Contracts.Routes;
using Headwater.Contracts.Text;
using Headwater.Core.Positions;
using Headwater.Http.Bodies;
using Headwater.Log.Groups.Model;
using Headwater.Log.Groups.Offsets;
using Headwater.Log.Model;
using Headwater.Log.Read;

namespace Headwater.Http.Groups;

/// <summary>Reads the request bodies of consumer groups.</summary>
internal static class GroupBodies
{
    private const int NameMax = 128;

    private const string ForceIsARoute = $"is not a member of this body; POST /{RouteTemplates.GroupResetForce} resets a group with live members.";

    public static MemberBody Member(SettingsMembers members) => new(
        members.Text("member", NameMax),
        Session(members),
        members.Numbers("owned", StreamSettings.MaxPartitions, 0, int.MaxValue) ?? [],
        members.Number("generation", 0, long.MaxValue));

    public static CommitBody Commit(SettingsMembers members)
    {
        int faults = members.FaultCount;
        IReadOnlyList<OffsetBody>? offsets = members.Items("offsets", CommitRequest.PartitionsMax, Offset);
        if (offsets is not { Count: > 0 } && members.FaultCount == faults)
        {
            members.Fault("offsets", $"must contain the offsets of 1 to {CommitRequest.PartitionsMax} partitions");
        }

        return new CommitBody(offsets ?? [], members.Text("member", NameMax), members.Number("generation", 0, long.MaxValue));
    }

    public static ResetBody Reset(SettingsMembers members)
    {
        members.Refuse("force", ForceIsARoute);
        ReadFromKind? to = members.Choice(
            "to",
            ("earliest", ReadFromKind.Earliest),
            ("latest", ReadFromKind.Latest),
            ("offset", ReadFromKind.Offset),
            ("time", ReadFromKind.Time));
        long? offset = members.Number("offset", 0, long.MaxValue);
        string? time = members.Text("time", NameMax);
        if (to is null)
        {
            members.Fault("to", "must be one of earliest, latest, offset, time");
        }

        if (offset is null == (to == ReadFromKind.Offset))
        {
            members.Fault("offset", "is required if to is offset, and not allowed otherwise");
        }

        if (time is null == (to == ReadFromKind.Time))
        {
            members.Fault("time", "is required if to is time, and not allowed otherwise");
        }

        return new ResetBody(
            From(members, to, offset, time),
            members.Numbers("partitions", StreamSettings.MaxPartitions, 0, int.MaxValue),
            members.Flag("dryRun") ?? false);
    }

    private static TimeSpan? Session(SettingsMembers members)
    {
        if (members.Duration("sessionTimeout") is not { } session)
        {
            return null;
        }

        if (session < MemberRequest.SessionLeast || session > MemberRequest.SessionMost)
        {
            members.Fault(
                "sessionTimeout",
                $"must be from {Durations.Format(MemberRequest.SessionLeast)} to {Durations.Format(MemberRequest.SessionMost)}, "
                + $"not {Durations.Format(session)}");
        }

        return session;
    }

    private static OffsetBody Offset(SettingsMembers members)
    {
        long? partition = members.Number("partition", 0, int.MaxValue);
        long? offset = members.Number("offset", 0, long.MaxValue);
        if (!members.Has("partition"))
        {
            members.Fault("partition", "is missing");
        }

        if (!members.Has("offset"))
        {
            members.Fault("offset", "is missing");
        }

        return new OffsetBody(partition ?? 0, offset ?? 0, members.Text("metadata", CommitRequest.MetadataMax));
    }

    private static ReadFrom From(SettingsMembers members, ReadFromKind? to, long? offset, string? time)
    {
        if (time is not null && to == ReadFromKind.Time)
        {
            if (Instants.TryParseStart(time, out UnixMicros instant))
            {
                return ReadFrom.Since(instant);
            }

            members.Fault("time", $"{Instants.Expected}, not '{time}'");
        }

        return to switch
        {
            ReadFromKind.Latest => ReadFrom.Latest,
            ReadFromKind.Offset => ReadFrom.At(new Offset(offset ?? 0)),
            _ => ReadFrom.Earliest,
        };
    }
}

internal sealed record MemberBody(string? Member, TimeSpan? Session, IReadOnlyList<long> Owned, long? Generation)
{
    /// <exception cref="HeadwaterException">InvalidName, InvalidParameter, PartitionNotFound.</exception>
    public MemberRequest On(StreamDescription stream)
    {
        if (Member is null && (Owned.Count > 0 || Generation is not null))
        {
            throw Refusals.Parameter("member", "is missing; owned and generation require the member that joined.");
        }

        return new MemberRequest
        {
            Member = Member is null ? null : MemberName.Parse(Member),
            Session = Session,
            Owned = Owned.Select(p => stream.Partition(p)).ToHashSet(),
            Generation = Generation is { } generation ? new Generation(generation) : null,
        };
    }
}

internal sealed record OffsetBody(long Partition, long Offset, string? Metadata);

internal sealed record CommitBody(IReadOnlyList<OffsetBody> Offsets, string? Member, long? Generation)
{
    /// <exception cref="HeadwaterException">InvalidName, PartitionNotFound.</exception>
    public CommitRequest On(StreamDescription stream) => new(
        [.. Offsets.Select(o => new PartitionCommit(stream.Partition(o.Partition), new Offset(o.Offset), o.Metadata))],
        Member is null ? null : MemberName.Parse(Member),
        Generation is { } generation ? new Generation(generation) : null);
}

internal sealed record ResetBody(ReadFrom To, IReadOnlyList<long>? Partitions, bool DryRun)
{
    /// <exception cref="HeadwaterException">PartitionNotFound.</exception>
    public ResetRequest On(StreamDescription stream, bool force) =>
        new(To, Partitions is null ? null : [.. Partitions.Select(p => stream.Partition(p))], DryRun, force);
}
