namespace Headwater.Simulation.Service;

/// <summary>How bad the weather is in one simulation. Probabilities are per storage call.</summary>
internal sealed record FaultProfile
{
    public TimeSpan LeastLatency { get; init; } = TimeSpan.FromMilliseconds(2);

    public TimeSpan MostLatency { get; init; } = TimeSpan.FromMilliseconds(12);

    /// <summary>Takes up to a call's patience and a little more.</summary>
    public double Slow { get; init; }

    /// <summary>500, 503 or 409 "modified while being read", nothing applied.</summary>
    public double Refused { get; init; }

    /// <summary>500 or a dropped connection after it was applied.</summary>
    public double AppliedWithError { get; init; }

    /// <summary>Never arrives; the caller finds out by its own patience or a dropped connection.</summary>
    public double RequestLost { get; init; }

    /// <summary>Applied; the caller finds out by its own patience or a dropped connection.</summary>
    public double AnswerLost { get; init; }

    /// <summary>Arrives after the caller has given it up.</summary>
    public double Late { get; init; }

    /// <summary>How long after.</summary>
    public TimeSpan LatestLanding { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>A call without a body sent twice by the connection below; the second answer counts.</summary>
    public double Twice { get; init; }

    /// <summary>Listings come in short pages, so that a whole one spans time.</summary>
    public bool ShortPages { get; init; }

    public double Crash { get; init; }

    public static FaultProfile Calm { get; } = new();
}
