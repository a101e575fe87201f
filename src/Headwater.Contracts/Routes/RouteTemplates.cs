namespace Headwater.Contracts.Routes;

/// <summary>The paths of the API without a leading slash. Constants, because both the route table and the attributes of function triggers use them.</summary>
public static class RouteTemplates
{
    /// <summary>GET lists streams in name order.</summary>
    public const string Streams = "streams";

    /// <summary>PUT creates a stream, GET describes it, PATCH changes its settings and DELETE deletes it.</summary>
    public const string Stream = "streams/{stream}";

    /// <summary>POST appends events, each to the partition of its key; GET reads the events of several partitions.</summary>
    public const string StreamEvents = "streams/{stream}/events";

    /// <summary>POST appends events to one partition; GET reads them in offset order.</summary>
    public const string PartitionEvents = "streams/{stream}/partitions/{partition}/events";

    /// <summary>POST starts the sequenced producer's next epoch.</summary>
    public const string Producer = "streams/{stream}/producers/{producer}";

    /// <summary>GET lists every partition's log start and log end offset.</summary>
    public const string Partitions = "streams/{stream}/partitions";

    /// <summary>GET lists live segments with URLs that read them directly from storage.</summary>
    public const string Segments = "streams/{stream}/segments";

    /// <summary>GET answers the state of an append that was sent with <c>Prefer: respond-async</c>.</summary>
    public const string AppendStatus = "appends/{id}";

    /// <summary>GET lists messages that failed and will not be retried.</summary>
    public const string Poison = "appends/poison";

    /// <summary>DELETE deletes one poisoned message for good.</summary>
    public const string PoisonMessage = "appends/poison/{ref}";

    /// <summary>POST puts poisoned messages back on their queues.</summary>
    public const string Redrive = "appends/poison/redrive";

    /// <summary>GET lists the stream's consumer groups in name order.</summary>
    public const string Groups = "streams/{stream}/groups";

    /// <summary>GET describes a consumer group; DELETE deletes it and its offsets.</summary>
    public const string Group = "streams/{stream}/groups/{group}";

    /// <summary>PUT commits offsets.</summary>
    public const string GroupOffsets = "streams/{stream}/groups/{group}/offsets";

    /// <summary>POST joins the group or sends a heartbeat.</summary>
    public const string GroupMembers = "streams/{stream}/groups/{group}/members";

    /// <summary>DELETE makes a member leave the group.</summary>
    public const string GroupMember = "streams/{stream}/groups/{group}/members/{member}";

    /// <summary>POST moves the committed offsets of a group without live members, forward or back.</summary>
    public const string GroupReset = "streams/{stream}/groups/{group}/reset";

    /// <summary>POST moves the committed offsets even if the group has live members.</summary>
    public const string GroupResetForce = "streams/{stream}/groups/{group}/reset/force";

    /// <summary>POST runs the stream's maintenance within a time budget.</summary>
    public const string Maintenance = "streams/{stream}/maintenance";

    /// <summary>GET answers the version and whether maintenance is overdue.</summary>
    public const string Health = "health";

    /// <summary>GET answers whether storage serves the app.</summary>
    public const string Ready = "ready";

    /// <summary>GET answers the OpenAPI document of this API.</summary>
    public const string Document = "openapi.json";
}
