namespace Headwater.Simulation.Instances;

/// <summary>How a call to an instance ends without an answer.</summary>
internal enum NoAnswer
{
    /// <summary>No instance was running: the call never began.</summary>
    Refused,

    /// <summary>The instance died during the call.</summary>
    Lost,

    /// <summary>The client timed out; the instance may still be processing the call.</summary>
    GaveUp,
}

internal sealed class NoAnswerException(NoAnswer how) : Exception($"no answer: {how}")
{
    public NoAnswer How { get; } = how;
}
