namespace Headwater.Client;

/// <summary>How far a replay is.</summary>
public sealed record ReplayProgress
{
    /// <summary>Events that the program has taken.</summary>
    public required long Events { get; init; }

    /// <summary>Stored bytes that the program has taken. Those of events that came through the API are estimated.</summary>
    public required long Bytes { get; init; }

    /// <summary>Stored bytes of the history. Estimated if the replay does not begin at the earliest event.</summary>
    public required long TotalBytes { get; init; }

    /// <summary>The share of the history that is replayed, 0 to 100.</summary>
    public required double Percent { get; init; }

    /// <summary>Events per second since the start.</summary>
    public required double EventsPerSecond { get; init; }

    /// <summary>Bytes per second since the start.</summary>
    public required double BytesPerSecond { get; init; }

    /// <summary>The time since the start.</summary>
    public required TimeSpan Elapsed { get; init; }

    /// <summary>The time until the history is replayed, at the rate since the start; null until the first event.</summary>
    public required TimeSpan? TimeLeft { get; init; }

    /// <summary>Whether the history is replayed. With <see cref="ReplayOptions.Follow"/>, live events follow.</summary>
    public required bool IsComplete { get; init; }
}
