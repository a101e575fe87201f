namespace Headwater.Simulation.Instances;

/// <summary>How a call to an instance ends without an answer.</summary>
internal enum NoAnswer
{
    /// <summary>Nobody was there: the call never began.</summary>
    Refused,

    /// <summary>The instance died under way.</summary>
    Lost,

    /// <summary>The client waited long enough; the instance may still be at it.</summary>
    GaveUp,
}

internal sealed class NoAnswerException(NoAnswer how) : Exception($"no answer: {how}")
{
    public NoAnswer How { get; } = how;
}
