using Headwater.Contracts.Errors;
using Headwater.Log.Ports;

namespace Headwater.Log.Errors;

/// <summary>
/// Which errors end one piece of background work without ending the next: all of them, also those of a defect. Only the caller's cancellation ends everything.
/// </summary>
public static class ErrorBoundary
{
    private const int ReasonMax = 1024;

    /// <summary>False only for the cancellation of the caller.</summary>
    public static bool Contains(Exception error, CancellationToken cancellation) =>
        error is not OperationCanceledException || !cancellation.IsCancellationRequested;

    /// <summary>True for an error that the log does not declare. Its message was not written for people who use the log.</summary>
    public static bool IsDefect(Exception error) => error is not (HeadwaterException or StorageException);

    /// <summary>The error for people, at most 1,024 characters. Contains no secret.</summary>
    public static string Reason(Exception error)
    {
        string reason = IsDefect(error) ? $"Internal error ({error.GetType().Name})." : error.Message;
        return reason.Length <= ReasonMax ? reason : reason[..ReasonMax];
    }
}
