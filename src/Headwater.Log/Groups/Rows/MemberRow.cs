using Headwater.Log.Groups.Model;
using Headwater.Log.Ports;

namespace Headwater.Log.Groups.Rows;

/// <summary>
/// Row <c>m:{member}</c>: a member and its session. Every renewal writes the row, and the session begins at the row's timestamp.
/// </summary>
/// <param name="Member">The member's id.</param>
/// <param name="Incarnation">The group's incarnation.</param>
internal sealed record MemberRow(MemberName Member, long Incarnation)
{
    private const string IncarnationName = "incarnation";

    private const string JoinedName = "joined";

    private const string SessionName = "sessionMs";

    private const string RequestedName = "requestedMs";

    private const string FencedName = "fenced";

    /// <summary>The generation at which the member joined. Requests with a lower generation come from a process that had the id before.</summary>
    public required Generation Joined { get; init; }

    public required TimeSpan Session { get; init; }

    /// <summary>The longer session that the member requested when it joined, until its first heartbeat; null after that.</summary>
    public TimeSpan? Requested { get; init; }

    /// <summary>A forced offset reset fenced the member: it must rejoin.</summary>
    public bool IsFenced { get; init; }

    /// <summary>The row's timestamp, set by the service.</summary>
    public DateTimeOffset Renewed { get; init; }

    /// <summary>Null for a row that is not stored yet.</summary>
    public string? ETag { get; init; }

    public static MemberRow? Read(TableRow row) =>
        row.Number(IncarnationName) is { } incarnation && row.Number(JoinedName) is { } joined && row.Number(SessionName) is { } session
            ? new MemberRow(GroupKeys.MemberOf(row.Id.Row), incarnation)
            {
                Joined = new Generation(joined),
                Session = MemberRequest.StoredSession(session),
                Requested = row.Number(RequestedName) is { } requested ? MemberRequest.StoredSession(requested) : null,
                IsFenced = row.Number(FencedName) == 1,
                Renewed = row.Changed,
                ETag = row.ETag,
            }
            : null;

    public RowChange Written() => new(ETag is null ? RowChangeKind.Insert : RowChangeKind.Replace, GroupKeys.Member(Member), Values(), ETag);

    public RowChange Deleted() => new(RowChangeKind.Delete, GroupKeys.Member(Member), new Dictionary<string, object>(), ETag);

    private Dictionary<string, object> Values()
    {
        var values = new Dictionary<string, object>
        {
            [IncarnationName] = Incarnation,
            [JoinedName] = Joined.Value,
            [SessionName] = (long)Session.TotalMilliseconds,
            [FencedName] = IsFenced ? 1L : 0L,
        };
        if (Requested is { } requested)
        {
            values[RequestedName] = (long)requested.TotalMilliseconds;
        }

        return values;
    }
}
