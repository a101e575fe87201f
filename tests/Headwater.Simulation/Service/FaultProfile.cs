namespace Headwater.Simulation.Service;

/// <summary>The storage faults of one simulation. Probabilities are per storage call.</summary>
internal sealed record FaultProfile
{
    public TimeSpan LeastLatency { get; init; } = TimeSpan.FromMilliseconds(2);

    public TimeSpan MostLatency { get; init; } = TimeSpan.FromMilliseconds(12);

    /// <summary>The call takes up to its timeout and slightly longer.</summary>
    public double Slow { get; init; }

    /// <summary>Fails with 500, 503 or 409 "modified while being read"; nothing is applied.</summary>
    public double Refused { get; init; }

    /// <summary>Fails with 500 or a dropped connection after the call was applied.</summary>
    public double AppliedWithError { get; init; }

    /// <summary>The call never arrives; the caller gets a timeout or a dropped connection.</summary>
    public double RequestLost { get; init; }

    /// <summary>The call is applied; the caller gets a timeout or a dropped connection.</summary>
    public double AnswerLost { get; init; }

    /// <summary>The call arrives after the caller's timeout.</summary>
    public double Late { get; init; }

    /// <summary>The longest delay after the timeout.</summary>
    public TimeSpan LatestLanding { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>The HTTP client sends a call without a body twice; the caller gets the second answer.</summary>
    public double Twice { get; init; }

    /// <summary>Listings use short pages, so that a complete listing spans time.</summary>
    public bool ShortPages { get; init; }

    public double Crash { get; init; }

    public static FaultProfile Calm { get; } = new();
}
