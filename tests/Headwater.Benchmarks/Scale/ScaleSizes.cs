namespace Headwater.Benchmarks.Scale;

/// <summary>How much the simulated storage holds.</summary>
internal sealed record ScaleSizes
{
    public static ScaleSizes Long { get; } = new()
    {
        Streams = 20_000,
        Partitions = 1_024,
        Segments = 100_000,
        Groups = 1_000,
        GroupPartitions = 1_024,
        Members = 64,
    };

    /// <summary>Small enough for every run of the checks. The bounds are functions of the sizes, so both forms check the same.</summary>
    public static ScaleSizes Short { get; } = new()
    {
        Streams = 1_000,
        Partitions = 256,
        Segments = 8_000,
        Groups = 100,
        GroupPartitions = 256,
        Members = 16,
    };

    /// <summary>Streams of one partition of which nothing falls due.</summary>
    public required int Streams { get; init; }

    /// <summary>Partitions of one wide stream.</summary>
    public required int Partitions { get; init; }

    /// <summary>Segments of one partition.</summary>
    public required int Segments { get; init; }

    /// <summary>Consumer groups.</summary>
    public required int Groups { get; init; }

    /// <summary>Partitions of the wide group's stream.</summary>
    public required int GroupPartitions { get; init; }

    /// <summary>Members of the wide group.</summary>
    public required int Members { get; init; }
}
