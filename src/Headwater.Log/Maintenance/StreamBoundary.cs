using System.Runtime.ExceptionServices;
using Headwater.Contracts.Errors;
using Headwater.Core.Positions;
using Headwater.Log.Clock;
using Headwater.Log.Errors;
using Headwater.Log.Model;
using Headwater.Log.Ports;
using Headwater.Log.Segments;

namespace Headwater.Log.Maintenance;

/// <summary>
/// Runs the pieces of one stream's maintenance. A piece that fails is noted, and the next piece runs: one partition never stops the others.
/// </summary>
internal sealed class StreamBoundary(StreamName stream, StorageClock clock)
{
    /// <summary>After so many storage failures in a row, storage is down for every piece, and each would wait for its timeout.</summary>
    private const int StorageFailuresMax = 3;

    private int _storageFailures;

    private ExceptionDispatchInfo? _first;

    /// <summary>The first failure; null if there is none.</summary>
    public MaintenanceFailure? Failure { get; private set; }

    /// <summary>True if a blob was missing. The stream may have been deleted during the run.</summary>
    public bool MissesBlobs { get; private set; }

    /// <summary>The kind of work that the pieces do now.</summary>
    public MaintenanceWork Doing { get; set; }

    /// <summary>Runs a piece.</summary>
    /// <exception cref="StorageException">The third storage failure in a row.</exception>
    public async Task TryAsync(PartitionId? partition, Func<Task> piece, CancellationToken cancellation)
    {
        try
        {
            await piece();
            _storageFailures = 0;
        }
        catch (Exception error) when (ErrorBoundary.Contains(error, cancellation))
        {
            Note(partition, error is SegmentGoneException gone ? Changed(gone) : error);
            _storageFailures = error is StorageException ? _storageFailures + 1 : 0;
            if (_storageFailures >= StorageFailuresMax)
            {
                throw;
            }
        }
    }

    /// <summary>Throws the first error if there is one.</summary>
    public void ThrowFirst() => _first?.Throw();

    private void Note(PartitionId? partition, Exception error)
    {
        MissesBlobs |= error is HeadwaterException { Code: ErrorCode.StreamNotFound };
        Failure ??= MaintenanceFailure.Of(stream, Doing, partition, error, clock.Now());
        _first ??= ExceptionDispatchInfo.Capture(error);
    }

    private HeadwaterException Changed(SegmentGoneException gone) => new(ErrorCode.StreamChanged, $"Stream '{stream}': {gone.Message} Try again.", gone);
}
