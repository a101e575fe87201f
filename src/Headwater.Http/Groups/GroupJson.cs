using System.Text.Json;
using Headwater.Contracts.Text;
using Headwater.Core.Positions;
using Headwater.Log.Groups.Model;
using Headwater.Log.Groups.Offsets;

namespace Headwater.Http.Groups;

/// <summary>Groups as JSON.</summary>
internal static class GroupJson
{
    public static void Write(Utf8JsonWriter json, GroupPage page)
    {
        json.WriteStartObject();
        json.WriteStartArray("groups");
        foreach (GroupName group in page.Groups)
        {
            json.WriteStartObject();
            json.WriteString("group", group.Value);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        if (page.Next is not null)
            json.WriteString("next", page.Next);
        json.WriteEndObject();
    }

    public static void Write(Utf8JsonWriter json, GroupDescription group)
    {
        json.WriteStartObject();
        json.WriteString("group", group.Group.Value);
        json.WriteNumber("generation", group.Generation.Value);
        json.WriteStartArray("members");
        foreach (GroupMember member in group.Members)
        {
            json.WriteStartObject();
            json.WriteString("member", member.Member.Value);
            Write(json, "partitions", member.Partitions);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartArray("offsets");
        foreach (CommittedOffset offset in group.Offsets)
        {
            json.WriteStartObject();
            json.WriteNumber("partition", offset.Partition.Value);
            json.WriteNumber("offset", offset.Offset.Value);
            if (offset.Metadata is not null)
                json.WriteString("metadata", offset.Metadata);
            json.WriteNumber("logStartOffset", offset.LogStart.Value);
            json.WriteNumber("logEndOffset", offset.LogEnd.Value);
            json.WriteNumber("lag", offset.Lag);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteNumber("lag", group.Lag);
        json.WriteEndObject();
    }

    public static void Write(Utf8JsonWriter json, MemberAnswer answer)
    {
        json.WriteStartObject();
        json.WriteString("member", answer.Member.Value);
        json.WriteNumber("generation", answer.Generation.Value);
        Write(json, "partitions", answer.Partitions.Select(p => p.Partition));
        Write(json, "release", answer.Release);
        json.WriteStartArray("offsets");
        foreach (OwnedPartition owned in answer.Partitions)
        {
            if (owned.Offset is not { } offset)
                continue;
            json.WriteStartObject();
            json.WriteNumber("partition", owned.Partition.Value);
            json.WriteNumber("offset", offset.Value);
            if (owned.Metadata is not null)
                json.WriteString("metadata", owned.Metadata);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteString("heartbeat", Durations.Format(answer.Heartbeat));
        json.WriteString("sessionTimeout", Durations.Format(answer.Session));
        json.WriteBoolean("renewed", answer.Renewed);
        json.WriteEndObject();
    }

    public static void Write(Utf8JsonWriter json, RewindOutcome outcome)
    {
        json.WriteStartObject();
        json.WriteNumber("generation", outcome.Generation.Value);
        json.WriteBoolean("applied", outcome.Applied);
        json.WriteStartArray("offsets");
        foreach (RewoundOffset offset in outcome.Offsets)
        {
            json.WriteStartObject();
            json.WriteNumber("partition", offset.Partition.Value);
            if (offset.Before is { } before)
                json.WriteNumber("before", before.Value);
            else
                json.WriteNull("before");
            json.WriteNumber("offset", offset.After.Value);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, string name, IEnumerable<PartitionId> partitions)
    {
        json.WriteStartArray(name);
        foreach (PartitionId partition in partitions)
            json.WriteNumberValue(partition.Value);
        json.WriteEndArray();
    }
}
