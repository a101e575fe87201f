using Headwater.Log.Groups.Model;
using Headwater.Log.Ports;

namespace Headwater.Log.Groups.Rows;

/// <summary>Row <c>g</c>. Every change of membership or ownership writes it, so two changes planned from the same state cannot both succeed.</summary>
/// <param name="Incarnation">The group's first generation. Distinguishes the group from others of the same name; all its rows have this value.</param>
/// <param name="Generation">Increases with every change of membership or ownership.</param>
/// <param name="Rewinds">Number of offset resets carried out.</param>
/// <param name="ETag">ETag of the row; null if there is no row yet.</param>
internal sealed record GroupRow(long Incarnation, Generation Generation, long Rewinds, string? ETag)
{
    /// <summary>The longest session any member had. The value in the group's blob is at least as long.</summary>
    public required TimeSpan LongestSession { get; init; }

    /// <summary>
    /// ETag of the copy that the rows were restored from, until a second read confirms that the copy has not changed; otherwise null. A storage call can take
    /// effect long after its caller gave up, and tables can be lost twice, so restored rows may come from an outdated copy. Until confirmed, nothing may be
    /// decided from them.
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
                LongestSession = MemberRequest.StoredSession(session),
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
