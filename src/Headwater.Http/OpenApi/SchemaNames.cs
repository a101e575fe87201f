using Headwater.Contracts.Answers;
using Headwater.Contracts.Errors;
using Headwater.Contracts.Requests;

namespace Headwater.Http.OpenApi;

/// <summary>The document's names for the records of the contract.</summary>
internal static class SchemaNames
{
    /// <summary>Records that are bodies, by the names that routes give them.</summary>
    public static IReadOnlyDictionary<string, Type> Bodies { get; } = new Dictionary<string, Type>
    {
        ["Stream"] = typeof(StreamAnswer),
        ["StreamList"] = typeof(StreamListAnswer),
        ["StreamSettings"] = typeof(StreamSettingsBody),
        ["StreamChange"] = typeof(StreamChangeBody),
        ["CloudEvent"] = typeof(CloudEventBody),
        ["Appended"] = typeof(AppendedAnswer),
        ["AppendAccepted"] = typeof(AppendAcceptedAnswer),
        ["AppendStatus"] = typeof(AppendStatusAnswer),
        ["PoisonList"] = typeof(PoisonListAnswer),
        ["Redriven"] = typeof(RedrivenAnswer),
        ["ProducerStart"] = typeof(ProducerStartAnswer),
        ["PartitionList"] = typeof(PartitionListAnswer),
        ["EventPage"] = typeof(EventPageAnswer),
        ["StreamPage"] = typeof(StreamPageAnswer),
        ["SegmentList"] = typeof(SegmentListAnswer),
        ["GroupList"] = typeof(GroupListAnswer),
        ["Group"] = typeof(GroupAnswer),
        ["OffsetCommit"] = typeof(OffsetCommitBody),
        ["MemberBeat"] = typeof(MemberBeatBody),
        ["MemberAnswer"] = typeof(MemberBeatAnswer),
        ["OffsetReset"] = typeof(OffsetResetBody),
        ["OffsetResetAnswer"] = typeof(OffsetResetAnswer),
        ["MaintenanceRequest"] = typeof(MaintenanceBody),
        ["MaintenanceReport"] = typeof(MaintenanceAnswer),
        ["Health"] = typeof(HealthAnswer),
        ["Ready"] = typeof(ReadyAnswer),
        ["Problem"] = typeof(ProblemAnswer),
    };

    private static readonly Dictionary<Type, string> Names = new(Bodies.Select(b => KeyValuePair.Create(b.Value, b.Key)))
    {
        [typeof(EventBody)] = "EventIn",
        [typeof(EventAnswer)] = "EventOut",
        [typeof(PartitionEventAnswer)] = "PartitionEventOut",
        [typeof(FaultAnswer)] = "Fault",
        [typeof(RetentionBody)] = "RetentionSettings",
        [typeof(CompactionBody)] = "CompactionSettings",
        [typeof(CompactionReportAnswer)] = "CompactionReport",
        [typeof(CommittedOffsetBody)] = "OffsetToCommit",
        [typeof(MaintenanceHealthAnswer)] = "MaintenanceHealth",
        [typeof(PartitionMaintenanceAnswer)] = "PartitionMaintenance",
    };

    public static string Of(Type record) => Names.TryGetValue(record, out string? name) ? name : Trimmed(record.Name);

    /// <summary>The document describes faults of events and of bodies by one schema.</summary>
    public static Type Shown(Type record) => record == typeof(EventFault) || record == typeof(BodyFault) ? typeof(FaultAnswer) : record;

    private static string Trimmed(string name)
    {
        foreach (string end in (string[])["Answer", "Body"])
        {
            if (name.EndsWith(end, StringComparison.Ordinal))
            {
                return name[..^end.Length];
            }
        }

        return name;
    }
}
