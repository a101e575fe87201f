using Headwater.Contracts.Errors;
using Headwater.Log.Ports;

namespace Headwater.Log.Errors;

/// <summary>Translates storage faults to errors for callers. Only for calls that stored no event; the sender of an append resolves its own outcome.</summary>
public static class StorageErrors
{
    private static readonly TimeSpan DefaultWait = TimeSpan.FromSeconds(2);

    public static HeadwaterException Translate(Exception problem) => problem switch
    {
        HeadwaterException known => known,
        StorageException storage => Translate(storage),
        _ => new HeadwaterException(ErrorCode.Internal, "An unexpected error occurred; see the app's log for details.", problem),
    };

    private static HeadwaterException Translate(StorageException problem) => problem.Fault switch
    {
        StorageFault.Unavailable or StorageFault.Throttled => new HeadwaterException(ErrorCode.StorageUnavailable, "Storage is unavailable or throttling. Nothing was stored; retry.", problem)
        {
            RetryAfter = problem.RetryAfter ?? DefaultWait,
        },
        StorageFault.Denied => new HeadwaterException(ErrorCode.StorageUnavailable, "Storage denied access to this app's identity. Its operator must grant the roles listed in the deployment.", problem)
        {
            RetryAfter = TimeSpan.FromMinutes(1),
        },
        StorageFault.NotProvisioned => new HeadwaterException(ErrorCode.StorageUnavailable, "The storage account, container or table does not exist. Its operator must provision it.", problem)
        {
            RetryAfter = TimeSpan.FromMinutes(1),
        },
        StorageFault.Rejected => new HeadwaterException(ErrorCode.Internal, "Storage rejected a call as invalid; see the app's log for details.", problem),
    };
}
