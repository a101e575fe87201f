using Headwater.Log.Groups.Model;
using Headwater.Log.Ports;

namespace Headwater.Log.Groups.Rows;

/// <summary>Row <c>g</c>: every change of membership or ownership goes through it, so that no two of them are planned from the same state.</summary>
/// <param name="Incarnation">Tells this creation of the group from others under its name: the generation it was created at. All its rows carry it.</param>
/// <param name="Generation">Grows with every change of membership or ownership.</param>
/// <param name="Rewinds">How many rewinds have been carried out.</param>
/// <param name="ETag">Of this version; null if there is no row.</param>
internal sealed record GroupRow(long Incarnation, Generation Generation, long Rewinds, string? ETag)
{
    /// <summary>No member ever had a longer one. The group's blob says at least as much.</summary>
    public required TimeSpan LongestSession { get; init; }

    /// <summary>
    /// ETag of the copy that the rows were made again from, until that is known to be the copy still; null from then on. Calls can land long after
    /// they were given up, and tables can be lost twice: rows that
    /// come so late say what an older copy said, and nothing may be decided from them.
    /// </summary>
    public string? RestoredFrom { get; init; }

    private const string IncarnationName = "incarnation";

    private const string GenerationName = "generation";

    private const string RewindsName = "rewinds";

    private const string SessionName = "sessionMs";

    private const string RestoredFromName = "restoredFrom";

    public static GroupRow? Read(TableRow row) =>
        row.Number(IncarnationName) is { } incarnation && row.Number(GenerationName) is { } generation && row.Number(SessionName) is { } session
            ? new GroupRow(incarnation, new Generation(generation), row.Number(RewindsName) ?? 0, row.ETag)
            {
                LongestSession = TimeSpan.FromMilliseconds(session),
                RestoredFrom = row.Text(RestoredFromName),
            }
            : null;

    public RowChange Written() => new(ETag is null ? RowChangeKind.Insert : RowChangeKind.Replace, GroupKeys.Group, Values(), ETag);

    private Dictionary<string, object> Values()
    {
        var values = new Dictionary<string, object>
        {
            [IncarnationName] = Incarnation,
            [GenerationName] = Generation.Value,
            [RewindsName] = Rewinds,
            [SessionName] = (long)LongestSession.TotalMilliseconds,
        };
        if (RestoredFrom is { } copy)
        {
            values[RestoredFromName] = copy;
        }

        return values;
    }
}
