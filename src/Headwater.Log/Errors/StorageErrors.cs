using Headwater.Contracts.Errors;
using Headwater.Core.Segments;
using Headwater.Log.Ports;

namespace Headwater.Log.Errors;

/// <summary>
/// Translates exceptions of storage calls to errors for callers. Only for calls that stored no event: an append with an unclear outcome must be answered
/// with <see cref="ErrorCode.AppendUnknown"/> instead.
/// </summary>
public static class StorageErrors
{
    private static readonly TimeSpan DefaultWait = TimeSpan.FromSeconds(2);

    /// <summary>
    /// Whether storage does not serve this app. The storage ports report the beginning and the end of such a time once, so that work that fails in it does not
    /// write a log line each.
    /// </summary>
    public static bool IsOutage(Exception problem) => problem switch
    {
        StorageException storage => storage.Fault != StorageFault.Rejected,
        HeadwaterException { Code: ErrorCode.AppendUnknown or ErrorCode.AppendPartial } => true,
        HeadwaterException { InnerException: StorageException inner } => IsOutage(inner),
        _ => false,
    };

    /// <summary>
    /// A <see cref="HeadwaterException"/> is returned unchanged. <see cref="StorageFault.Unavailable"/> and <see cref="StorageFault.Throttled"/> become
    /// StorageUnavailable with the wait that the service asked for, or 2 s. <see cref="StorageFault.Denied"/> and <see cref="StorageFault.NotProvisioned"/>
    /// become StorageUnavailable with a wait of 1 min. A <see cref="SegmentFormatException"/> becomes CorruptSegment. Everything else becomes Internal. The
    /// original exception is the inner exception.
    /// </summary>
    /// <param name="problem">The exception.</param>
    /// <param name="isUnsent">Whether nothing of the request was sent before the exception, so that even a defect has stored nothing.</param>
    public static HeadwaterException Translate(Exception problem, bool isUnsent = false) => problem switch
    {
        HeadwaterException known => known,
        StorageException storage => Translate(storage),
        SegmentFormatException corrupt => new HeadwaterException(ErrorCode.CorruptSegment, $"A stored block is corrupt: {corrupt.Message}.", corrupt),
        _ => new HeadwaterException(ErrorCode.Internal, "An unexpected error occurred; see the app's log for details.", problem)
        {
            Appended = isUnsent ? Appended.No : ErrorCode.Internal.Appended(),
        },
    };

    private static HeadwaterException Translate(StorageException problem) => problem.Fault switch
    {
        StorageFault.Unavailable or StorageFault.Throttled => new HeadwaterException(
            ErrorCode.StorageUnavailable, "Storage is unavailable or throttling. Nothing was stored; retry.", problem)
        {
            RetryAfter = problem.RetryAfter ?? DefaultWait,
        },
        StorageFault.Denied => new HeadwaterException(
            ErrorCode.StorageUnavailable,
            $"Storage denied access to this app. {problem.Remedy ?? "Its operator must grant the roles listed in the deployment."}",
            problem)
        {
            RetryAfter = TimeSpan.FromMinutes(1),
        },
        StorageFault.NotProvisioned => new HeadwaterException(
            ErrorCode.StorageUnavailable, "The storage account, container or table does not exist. Its operator must provision it.", problem)
        {
            RetryAfter = TimeSpan.FromMinutes(1),
        },
        StorageFault.Rejected => new HeadwaterException(ErrorCode.Internal, "Storage rejected a call as invalid; see the app's log for details.", problem)
        {
            Appended = Appended.No,
        },
    };
}
