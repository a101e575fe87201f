namespace Headwater.Benchmarks.Ratios;

/// <summary>Every ratio.</summary>
internal static class Cases
{
    public static IEnumerable<Ratio> All() => [.. JsonToAvroCases.All(), .. AvroToJsonCases.All(), .. SegmentScanCases.All(), .. ReplayCases.All()];
}
