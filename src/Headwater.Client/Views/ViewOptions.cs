namespace Headwater.Client;

/// <summary>How a view is kept.</summary>
public sealed record ViewOptions
{
    /// <summary>The view's name: letters, digits, <c>-</c> and <c>_</c>, at most 100. Names the snapshots and the table of rows.</summary>
    public required string Name { get; init; }

    /// <summary>The version of the definition. Raise it with every change of what the rows are; rows of another version are not used.</summary>
    public required int Version { get; init; }

    /// <summary>Where the rows are. Default: in memory.</summary>
    public ViewStorage Storage { get; init; } = ViewStorage.InMemory();

    /// <summary>Where snapshots are. Null: none. A durable storage needs none, and takes none.</summary>
    public SnapshotStore? Snapshots { get; init; }

    /// <summary>A snapshot is written after this number of events. Default 100,000.</summary>
    public long SnapshotEvents { get; init; } = 100_000;

    /// <summary>A snapshot is written after this time if there was an event. Default 5 minutes.</summary>
    public TimeSpan SnapshotInterval { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>Snapshots that are kept; at least 2, so that one is left if the newest is damaged. Default 3.</summary>
    public int SnapshotsKept { get; init; } = 3;

    internal void Require()
    {
        if (Name.Length is 0 or > 100 || !Name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_'))
        {
            throw new ArgumentException($"The view's name '{Name}' is not allowed; it must have 1 to 100 letters, digits, - and _.");
        }

        ArgumentOutOfRangeException.ThrowIfLessThan(SnapshotsKept, 2, nameof(SnapshotsKept));
        ArgumentOutOfRangeException.ThrowIfLessThan(SnapshotEvents, 1, nameof(SnapshotEvents));
        if (Storage.IsDurable && Snapshots is not null)
        {
            throw new ArgumentException("The view's storage is durable, so its rows survive a restart. Leave Snapshots out.");
        }
    }
}

/// <summary>Where the rows of a view that has started are from.</summary>
/// <param name="Reason">Why the rows were built from the log; <see cref="RebuildReason.None"/> if they were restored.</param>
/// <param name="Message">The reason in words.</param>
/// <param name="Snapshot">The snapshot that was restored; null if none was.</param>
/// <param name="Skipped">Snapshots that could not be used.</param>
public sealed record ViewOrigin(RebuildReason Reason, string Message, string? Snapshot, IReadOnlyList<SkippedSnapshot> Skipped);

/// <summary>A snapshot that could not be used.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Reason"><see cref="RebuildReason.NothingStored"/> if it is damaged.</param>
/// <param name="Message">What is wrong with it.</param>
public sealed record SkippedSnapshot(string Name, RebuildReason Reason, string Message);
