namespace Headwater.Log.Ports;

/// <summary>The names of all containers, tables and queues. The deployment creates them; on a local machine, the first write does.</summary>
public static class StorageNames
{
    /// <summary>The only container: the log, and the content of queue messages that are too large for a queue.</summary>
    public const string Container = "streams";

    /// <summary>Names of all streams: a cache of the container's top-level folders.</summary>
    public const string StreamsTable = "streams";

    /// <summary>Last published positions of each partition, due times of maintenance, and maintenance leases.</summary>
    public const string PartitionsTable = "partitions";

    /// <summary>Consumer groups: committed offsets, members, and the member that holds each partition.</summary>
    public const string GroupsTable = "groups";

    /// <summary>Outcomes of queued batches, and the list of poison messages.</summary>
    public const string AppendsTable = "appends";

    /// <summary>Batches sent with <c>Prefer: respond-async</c>. Only the app may write to this queue.</summary>
    public const string AppendsQueue = "appends";

    /// <summary>Events that other services send through a queue.</summary>
    public const string InboxQueue = "inbox";

    /// <summary>Suffix of the queue to which the Functions runtime moves messages that failed too often.</summary>
    public const string PoisonSuffix = "-poison";

    /// <summary>All tables, without any prefix that a host adds.</summary>
    public static IReadOnlyList<string> Tables { get; } = [StreamsTable, PartitionsTable, GroupsTable, AppendsTable];

    /// <summary>All queues, poison queues included, without any prefix that a host adds.</summary>
    public static IReadOnlyList<string> Queues { get; } = [AppendsQueue, InboxQueue, AppendsQueue + PoisonSuffix, InboxQueue + PoisonSuffix];
}
