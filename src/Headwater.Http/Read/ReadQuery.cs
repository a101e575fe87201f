using System.Globalization;
using Headwater.Contracts.Errors;
using Headwater.Contracts.Text;
using Headwater.Core.Positions;
using Headwater.Http.Requests;
using Headwater.Log.Model;
using Headwater.Log.Read;
using Microsoft.AspNetCore.Http;

namespace Headwater.Http.Read;

/// <summary>Reads the start and the limits of a read from the query.</summary>
internal static class ReadQuery
{
    /// <summary>Without offset and time, the read starts at the earliest event.</summary>
    /// <exception cref="HeadwaterException">InvalidParameter.</exception>
    public static ReadRequest Parse(HttpRequest request, PartitionId partition)
    {
        var query = new QueryParameters(request, "offset", "time", "limit", "maxBytes", "wait", "verify");
        return new ReadRequest(
            partition,
            From(query, offset => ReadFrom.At(Number(offset))),
            (int)(query.Number("limit", 1, Limits.ReadEventsMax) ?? Limits.ReadEventsDefault),
            (int)(query.Number("maxBytes", 1, Limits.ReadBytesMax) ?? Limits.ReadBytesDefault),
            query.Duration("wait", Limits.WaitMax) ?? TimeSpan.Zero)
        {
            IsVerified = query.Flag("verify"),
        };
    }

    /// <summary>The start that <c>offset</c> or <c>time</c> names; the earliest event without them.</summary>
    /// <param name="query">The query.</param>
    /// <param name="parse">Reads an offset that is neither <c>earliest</c> nor <c>latest</c>, or refuses it.</param>
    /// <exception cref="HeadwaterException">InvalidParameter.</exception>
    public static ReadFrom From(QueryParameters query, Func<string, ReadFrom> parse)
    {
        string? offset = query.Text("offset");
        string? time = query.Text("time");
        if (offset is not null && time is not null)
        {
            throw Refusals.Parameter("time", "cannot be combined with offset; send one of them.");
        }

        if (time is not null)
        {
            return Instants.TryParseStart(time, out UnixMicros instant)
                ? ReadFrom.Since(instant)
                : throw Refusals.Parameter("time", $"{Instants.Expected}, not '{time}'.");
        }

        return offset switch
        {
            null or "earliest" => ReadFrom.Earliest,
            "latest" => ReadFrom.Latest,
            _ => parse(offset),
        };
    }

    private static Offset Number(string text) => long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long number)
        ? new Offset(number)
        : throw Refusals.Parameter("offset", $"must be a whole number from 0, earliest or latest, not '{text}'.");
}
