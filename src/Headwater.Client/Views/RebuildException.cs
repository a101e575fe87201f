using System.Diagnostics.CodeAnalysis;

namespace Headwater.Client;

/// <summary>Why a view was built from the log instead of going on from stored rows.</summary>
public enum RebuildReason
{
    /// <summary>It was not: the rows were restored.</summary>
    None,

    /// <summary>Nothing was stored, or nothing that could be read.</summary>
    NothingStored,

    /// <summary>The stored rows are of another version of the view, or of other tables.</summary>
    OtherVersion,

    /// <summary>A stream was deleted and created again.</summary>
    StreamReplaced,

    /// <summary>Retention has deleted events that were not read.</summary>
    BelowLogStart,

    /// <summary>A stored position is beyond the log end: the log was restored from an earlier copy.</summary>
    BeyondLogEnd,

    /// <summary>Compaction may have removed tombstones that were not read.</summary>
    TombstonesExpired,

    /// <summary>The program asked for it.</summary>
    Requested,
}

/// <summary>The rows cannot be brought up to date from where they are.</summary>
[SuppressMessage("Design", "CA1032:Implement standard exception constructors", Justification = "Never thrown to a program.")]
internal sealed class RebuildException(RebuildReason reason, string message, Exception? inner = null) : Exception(message, inner)
{
    public RebuildReason Reason => reason;
}
