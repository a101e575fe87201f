using System.IO.Pipelines;
using System.Text.Json;
using Headwater.Contracts.Errors;
using Headwater.Contracts.Headers;
using Headwater.Contracts.Json;
using Headwater.Core.Positions;
using Headwater.Http.Answers;
using Headwater.Http.Requests;
using Headwater.Log;
using Headwater.Log.Budgets;
using Headwater.Log.Model;
using Headwater.Log.Read;
using Microsoft.AspNetCore.Http;

namespace Headwater.Http.Read;

/// <summary>Reads events, positions and segments.</summary>
internal sealed class ReadHandlers(EventLog log, TimeProvider time)
{
    /// <summary>Bytes of one write of stored blocks.</summary>
    private const int RelayedBytes = 256 * 1024;

    private const int SegmentsMax = 1_000;

    private readonly StreamReadHandlers _several = new(log, time);

    public Task StreamEventsAsync(HttpContext context) => _several.EventsAsync(context);

    public Task EventsAsync(HttpContext context) => StreamReading.AnswerAsync(log, context, stream => EventsAsync(context, stream));

    public Task PartitionsAsync(HttpContext context)
    {
        _ = new QueryParameters(context.Request);
        return StreamReading.AnswerAsync(log, context, async stream =>
        {
            IReadOnlyList<PartitionPositions> positions = await log.PositionsAsync(stream, context.RequestAborted);
            await Answer.JsonAsync(context, StatusCodes.Status200OK, PositionsJson.Of(positions), ContractJson.Default.PartitionListAnswer);
        });
    }

    public Task SegmentsAsync(HttpContext context)
    {
        var query = new QueryParameters(context.Request, "partition", "offset", "limit", "after");
        long? number = query.Number("partition", 0, int.MaxValue);
        long? offset = query.Number("offset", 0, long.MaxValue);
        if (offset is not null && number is null)
        {
            throw Refusals.Parameter("offset", "requires the parameter partition.");
        }

        int limit = (int)(query.Number("limit", 1, SegmentsMax) ?? SegmentsMax);
        SegmentCursor? after = SegmentCursors.Parse(query.After());
        return StreamReading.AnswerAsync(log, context, async stream =>
        {
            PartitionId? partition = number is { } known ? stream.Partition(known) : null;
            Offset? from = offset is { } value ? new Offset(value) : null;
            SegmentPage page = await log.SegmentsAsync(stream, new SegmentRequest(partition, from, after, limit), context.RequestAborted);
            if (page.Next is { } next)
            {
                string filter = string.Concat(number is null ? "" : $"partition={number}&", offset is null ? "" : $"offset={offset}&");
                context.Response.Headers.Link = $"</streams/{stream.Name}/segments?{filter}after={SegmentCursors.Format(next)}&limit={limit}>; rel=\"next\"";
            }

            await Answer.JsonAsync(context, StatusCodes.Status200OK, PositionsJson.Of(page), ContractJson.Default.SegmentListAnswer);
        });
    }

    private async Task EventsAsync(HttpContext context, StreamDescription stream)
    {
        ReadRequest request = ReadQuery.Parse(context.Request, RequestPath.Partition(context, stream));
        Representation form = Representations.Of(context.Request);
        if (form == Representation.Avro)
        {
            using RawPage raw = await log.ReadRawAsync(stream, request, context.RequestAborted);
            Begin(context, form, raw.Range);
            if (raw.Blocks.IsEmpty && IsNothingNew(context, stream, request.Partition, raw.Range))
            {
                await Answer.Empty(context, StatusCodes.Status304NotModified);
            }
            else
            {
                await AnswerAsync(context, raw, new SendPace(context, time, raw.Blocks.Length));
            }

            return;
        }

        using ReadPage page = await log.ReadAsync(stream, request, context.RequestAborted);
        long gathered = GatheredText.Of(page);
        using MemoryCharge text = (gathered > 0 ? log.Reads.Large : log.Reads).Charge(PageOutput.PageBytes + gathered);
        Begin(context, form, page.Range);
        if (page.Blocks.Count == 0 && IsNothingNew(context, stream, request.Partition, page.Range))
        {
            await Answer.Empty(context, StatusCodes.Status304NotModified);
        }
        else if (!HttpMethods.IsHead(context.Request.Method))
        {
            EventPagePart[] parts = [new(request.Partition, page)];
            await new EventPageWriter(stream.Name, form, namesPartitions: false)
                .WriteAsync(context, parts, json => WritePositions(json, page.Range), time);
        }
    }

    private static void WritePositions(Utf8JsonWriter json, PartitionRange range)
    {
        json.WriteNumber("nextOffset", range.Next.Value);
        json.WriteNumber("logStartOffset", range.LogStart.Value);
        json.WriteNumber("logEndOffset", range.LogEnd.Value);
    }

    private static async Task AnswerAsync(HttpContext context, RawPage page, SendPace pace)
    {
        context.Response.Headers[HeaderNames.FirstOffset] = page.First.ToString();
        context.Response.ContentLength = page.Header.Length + page.Blocks.Length;
        if (HttpMethods.IsHead(context.Request.Method))
        {
            return;
        }

        // The stored blocks are already compressed.
        PipeWriter body = ResponseBody.Begin(context, ResponseEncoding.Identity).Writer;
        await pace.WithinAsync(page.Header.Length, body.WriteAsync(page.Header, context.RequestAborted).AsTask());
        for (int sent = 0; sent < page.Blocks.Length; sent += RelayedBytes)
        {
            int length = Math.Min(RelayedBytes, page.Blocks.Length - sent);
            await pace.WithinAsync(length, body.WriteAsync(page.Blocks.Slice(sent, length), context.RequestAborted).AsTask());
        }
    }

    /// <summary>
    /// A response without events has an ETag, so that polling at the log end gets 304 while there are no new events. Storage is still read every time.
    /// </summary>
    private static bool IsNothingNew(HttpContext context, StreamDescription stream, PartitionId partition, PartitionRange range) =>
        Answer.IsKnown(context, $"W/\"{stream.StreamId}-{partition}-{range.Next}-{range.LogStart}\"");

    private static void Begin(HttpContext context, Representation form, PartitionRange range)
    {
        HttpResponse response = context.Response;
        response.StatusCode = StatusCodes.Status200OK;
        response.ContentType = form.MediaType();
        response.Headers.Vary = "Accept, Accept-Encoding";
        response.Headers[HeaderNames.NextOffset] = range.Next.ToString();
        response.Headers[HeaderNames.LogStartOffset] = range.LogStart.ToString();
        response.Headers[HeaderNames.LogEndOffset] = range.LogEnd.ToString();
        if (range.IsWaitRefused)
        {
            response.Headers.RetryAfter = "1";
        }
    }
}
