using System.Globalization;
using Headwater.Contracts.Errors;
using Headwater.Contracts.Text;
using Headwater.Core.Positions;
using Headwater.Http.Requests;
using Headwater.Log.Model;
using Headwater.Log.Read;
using Microsoft.AspNetCore.Http;

namespace Headwater.Http.Read;

/// <summary>Reads the partitions, the starts and the limits of a read of several partitions from the query.</summary>
internal sealed class StreamReadQuery
{
    private const string PartitionsForm = "must be partitions and ranges like 0,2-5, each partition at most once and optionally with an offset like 0:120";

    private readonly QueryParameters _query;

    private readonly ReadCursor? _cursor;

    /// <exception cref="HeadwaterException">InvalidParameter.</exception>
    public StreamReadQuery(HttpRequest request)
    {
        _query = new QueryParameters(request, "cursor", "partitions", "offset", "time", "limit", "maxBytes", "wait");
        if (_query.Text("cursor") is not { } text)
        {
            return;
        }

        _cursor = ReadCursor.Parse(text) ?? throw Refusals.Parameter("cursor", "must be the cursor of an earlier page, unchanged.");
        foreach (string name in (string[])["partitions", "offset", "time"])
        {
            if (_query.Text(name) is not null)
            {
                throw Refusals.Parameter(name, "cannot be combined with cursor, which says where each partition begins.");
            }
        }
    }

    /// <summary>The read, of the stream that the cursor was made for.</summary>
    /// <exception cref="HeadwaterException">InvalidParameter, PartitionNotFound, StreamReplaced.</exception>
    public StreamReadRequest For(StreamDescription stream)
    {
        if (_cursor is not null)
        {
            StreamReading.Require(stream, _cursor.StreamId);
        }

        PartitionStart[] starts = _cursor is null
            ? [.. Starts(stream)]
            : [.. _cursor.Offsets.Select(o => new PartitionStart(stream.Partition(o.Key.Value), ReadFrom.At(o.Value)))];
        return new StreamReadRequest(
            starts,
            (int)(_query.Number("limit", 1, Limits.ReadEventsMax) ?? Limits.ReadEventsDefault),
            (int)(_query.Number("maxBytes", 1, Limits.ReadBytesMax) ?? Limits.ReadBytesDefault),
            _query.Duration("wait", Limits.WaitMax) ?? TimeSpan.Zero)
        {
            First = _cursor?.First ?? default,
        };
    }

    private IEnumerable<PartitionStart> Starts(StreamDescription stream)
    {
        ReadFrom from = From();
        if (_query.Text("partitions") is not { } text)
        {
            return Enumerable.Range(0, stream.Partitions).Select(p => new PartitionStart(new PartitionId(p), from));
        }

        var starts = new SortedDictionary<PartitionId, ReadFrom>();
        foreach (string part in text.Split(','))
        {
            foreach (PartitionStart start in Part(stream, part, from))
            {
                if (!starts.TryAdd(start.Partition, start.From))
                {
                    throw Refusals.Parameter("partitions", $"{PartitionsForm}; partition {start.Partition} occurs twice.");
                }
            }
        }

        return starts.Select(s => new PartitionStart(s.Key, s.Value));
    }

    private static IEnumerable<PartitionStart> Part(StreamDescription stream, string part, ReadFrom from)
    {
        string[] withOffset = part.Split(':');
        string[] range = withOffset[0].Split('-');
        if (withOffset.Length > 2 || range.Length > 2 || (withOffset.Length == 2 && range.Length == 2))
        {
            throw Refusals.Parameter("partitions", $"{PartitionsForm}, not '{part}'.");
        }

        PartitionId first = stream.Partition(Number(part, range[0], int.MaxValue));
        PartitionId last = range.Length == 2 ? stream.Partition(Number(part, range[1], int.MaxValue)) : first;
        ReadFrom start = withOffset.Length == 2 ? ReadFrom.At(new Offset(Number(part, withOffset[1], long.MaxValue))) : from;
        return first <= last
            ? Enumerable.Range(first.Value, last.Value - first.Value + 1).Select(p => new PartitionStart(new PartitionId(p), start))
            : throw Refusals.Parameter("partitions", $"{PartitionsForm}, not '{part}'.");
    }

    private static long Number(string part, string text, long most) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long number) && number <= most
            ? number
            : throw Refusals.Parameter("partitions", $"{PartitionsForm}, not '{part}'.");

    private ReadFrom From() => ReadQuery.From(_query, offset => throw Refusals.Parameter(
        "offset", $"must be earliest or latest, not '{offset}'; send a partition's own offset as partitions=0:120."));
}
