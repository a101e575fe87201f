using System.Globalization;
using Headwater.Core.Positions;
using Headwater.Log.Clock;
using Headwater.Log.Ports;
using Headwater.Log.Segments;

namespace Headwater.Log.Partitions;

/// <summary>
/// The maintenance lease of a partition: a row in table <c>partitions</c> with holder, epoch and lease end. The lease keeps two instances from doing the same
/// work. Correctness does not depend on it: a lost row or an expired lease only causes duplicate work.
/// </summary>
internal sealed class Ownership(ITables tables, StorageClock clock, PartitionPlace place)
{
    private string Row => PublishedPositions.RowOf(place.Partition) + "-owner";

    /// <summary>Acquires the lease if it has ended. Costs one read and one write.</summary>
    /// <param name="holder">Id of the maintenance call, from <see cref="NewHolder"/>.</param>
    /// <param name="lease">How long the lease lasts.</param>
    /// <param name="cancellation">Stops waiting.</param>
    /// <returns>The epoch of the lease, one more than the last; null if another holder has the lease or acquires it first.</returns>
    public async Task<long?> AcquireAsync(string holder, TimeSpan lease, CancellationToken cancellation)
    {
        TableRow? row = await tables.GetAsync(PublishedPositions.Table, new RowId(place.StreamId, Row), cancellation);
        UnixMicros now = clock.Now();
        if (row?.Number("leaseEnd") > now.Value)
        {
            return null;
        }

        long epoch = (row?.Number("epoch") ?? 0) + 1;
        return await WriteAsync(holder, epoch, now.Value + (long)lease.TotalMicroseconds, row?.ETag, cancellation) ? epoch : null;
    }

    /// <summary>Ends the lease, unless another holder has acquired it. Costs one read and one write.</summary>
    public async Task ReleaseAsync(string holder, long epoch, CancellationToken cancellation)
    {
        TableRow? row = await tables.GetAsync(PublishedPositions.Table, new RowId(place.StreamId, Row), cancellation);
        if (row is not null && row.Text("holder") == holder && row.Number("epoch") == epoch)
        {
            await WriteAsync(holder, epoch, 0, row.ETag, cancellation);
        }
    }

    private async Task<bool> WriteAsync(string holder, long epoch, long leaseEnd, string? etag, CancellationToken cancellation)
    {
        var values = new Dictionary<string, object> { ["holder"] = holder, ["epoch"] = epoch, ["leaseEnd"] = leaseEnd };
        RowChange change = new(etag is null ? RowChangeKind.Insert : RowChangeKind.Replace, Row, values, etag);
        return await tables.ApplyAsync(PublishedPositions.Table, place.StreamId, [change], cancellation) is not null;
    }

    public static string NewHolder(Randomness randomness) => randomness.NextId().ToString("x32", CultureInfo.InvariantCulture);
}
