namespace Headwater.Contracts.Routes;

/// <summary>The paths of the API, as constants: the route table and the attributes of function triggers say the same by saying these.</summary>
public static class RouteTemplates
{
    public const string Streams = "streams";

    public const string Stream = "streams/{stream}";

    public const string StreamEvents = "streams/{stream}/events";

    public const string PartitionEvents = "streams/{stream}/partitions/{partition}/events";

    public const string Producer = "streams/{stream}/producers/{producer}";

    public const string Partitions = "streams/{stream}/partitions";

    public const string Segments = "streams/{stream}/segments";

    public const string AppendStatus = "appends/{id}";

    public const string Poison = "appends/poison";

    public const string PoisonMessage = "appends/poison/{ref}";

    public const string Redrive = "appends/poison/redrive";

    public const string Groups = "streams/{stream}/groups";

    public const string Group = "streams/{stream}/groups/{group}";

    public const string GroupOffsets = "streams/{stream}/groups/{group}/offsets";

    public const string GroupMembers = "streams/{stream}/groups/{group}/members";

    public const string GroupMember = "streams/{stream}/groups/{group}/members/{member}";

    public const string GroupReset = "streams/{stream}/groups/{group}/reset";

    public const string Maintenance = "streams/{stream}/maintenance";

    public const string Health = "health";

    public const string Document = "openapi.json";
}
