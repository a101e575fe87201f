namespace Headwater.Log.Ports;

/// <summary>All containers, tables and queues. The deployment creates them; on a local machine, the first use does.</summary>
public static class StorageNames
{
    /// <summary>The one container: the log itself, and claim-checked batches beside it.</summary>
    public const string Container = "streams";

    /// <summary>Names of streams, a cache of the container's folders.</summary>
    public const string StreamsTable = "streams";

    /// <summary>Positions as last published, what maintenance has to do, and who does it.</summary>
    public const string PartitionsTable = "partitions";

    /// <summary>Committed offsets, members and who holds what.</summary>
    public const string GroupsTable = "groups";

    /// <summary>What became of batches taken for later.</summary>
    public const string AppendsTable = "appends";

    /// <summary>Batches taken for later; only the app may write here.</summary>
    public const string AppendsQueue = "appends";

    /// <summary>Events other services put on a queue.</summary>
    public const string InboxQueue = "inbox";

    /// <summary>What the Functions runtime adds to a queue's name for messages that failed too often.</summary>
    public const string PoisonSuffix = "-poison";

    public static IReadOnlyList<string> Tables { get; } = [StreamsTable, PartitionsTable, GroupsTable, AppendsTable];

    public static IReadOnlyList<string> Queues { get; } = [AppendsQueue, InboxQueue, AppendsQueue + PoisonSuffix, InboxQueue + PoisonSuffix];
}
