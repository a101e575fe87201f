using Headwater.Core.Positions;
using Headwater.Log.Errors;
using Headwater.Log.Model;

namespace Headwater.Log.Maintenance;

/// <summary>Work on a stream that failed. The next run retries it; the stream's other partitions and the other streams were still maintained.</summary>
/// <param name="Stream">The stream.</param>
/// <param name="Work">The work that failed: one kind, or several if the stream could not be read at all.</param>
/// <param name="Partition">The partition that failed; null if the failure concerns the whole stream.</param>
/// <param name="Reason">The error's message, for people. Contains no secret.</param>
public sealed record MaintenanceFailure(StreamName Stream, MaintenanceWork Work, PartitionId? Partition, string Reason)
{
    /// <summary>When the work failed, by this process's estimate of the service's clock.</summary>
    public UnixMicros At { get; init; }

    /// <summary>The error, for logs, if the log does not declare it: a defect. Null for a failure that was read from storage.</summary>
    public Exception? Defect { get; init; }

    /// <summary>Whether storage did not serve this app. False for a failure that was read from storage.</summary>
    public bool IsOutage { get; init; }

    internal static MaintenanceFailure Of(StreamName stream, MaintenanceWork work, PartitionId? partition, Exception error, UnixMicros at) =>
        new(stream, work, partition, ErrorBoundary.Reason(error))
        {
            At = at,
            Defect = ErrorBoundary.IsDefect(error) ? error : null,
            IsOutage = StorageErrors.IsOutage(error),
        };
}
