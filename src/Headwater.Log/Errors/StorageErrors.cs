using Headwater.Contracts.Errors;
using Headwater.Log.Ports;

namespace Headwater.Log.Errors;

/// <summary>Storage faults as users meet them. Only for calls that have stored no event: an append's own outcome is resolved by its sender.</summary>
public static class StorageErrors
{
    private static readonly TimeSpan DefaultWait = TimeSpan.FromSeconds(2);

    public static HeadwaterException Translate(Exception problem) => problem switch
    {
        HeadwaterException known => known,
        StorageException storage => Translate(storage),
        _ => new HeadwaterException(ErrorCode.Internal, "Something went wrong here; the log of this process says what.", problem),
    };

    private static HeadwaterException Translate(StorageException problem) => problem.Fault switch
    {
        StorageFault.Unavailable or StorageFault.Throttled => new HeadwaterException(ErrorCode.StorageUnavailable, "Storage does not answer or is throttling; nothing was stored. Try again.", problem)
        {
            RetryAfter = problem.RetryAfter ?? DefaultWait,
        },
        StorageFault.Denied => new HeadwaterException(ErrorCode.StorageUnavailable, "Storage denies this app's identity; its operator must grant the roles the deployment lists.", problem)
        {
            RetryAfter = TimeSpan.FromMinutes(1),
        },
        StorageFault.NotProvisioned => new HeadwaterException(ErrorCode.StorageUnavailable, "The storage account, container or table is not there; its operator must provision it.", problem)
        {
            RetryAfter = TimeSpan.FromMinutes(1),
        },
        StorageFault.Rejected => new HeadwaterException(ErrorCode.Internal, "Storage refused a call as wrong; the log of this process says which.", problem),
    };
}
