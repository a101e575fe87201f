using Headwater.Contracts.Headers;
using Headwater.Contracts.Media;
using Headwater.Contracts.Text;
using Headwater.Http.Requests;
using Headwater.Log;
using Headwater.Log.Budgets;
using Headwater.Log.Model;
using Headwater.Log.Read;
using Microsoft.AspNetCore.Http;

namespace Headwater.Http.Read;

/// <summary>Reads the events of several partitions in one request.</summary>
internal sealed class StreamReadHandlers(EventLog log, TimeProvider time)
{
    private static readonly string[] Offered = [MediaTypes.Json, MediaTypes.NdJson];

    public Task EventsAsync(HttpContext context)
    {
        var query = new StreamReadQuery(context.Request);
        Representation form = Representations.Of(context.Request, Offered);
        return StreamReading.AnswerAsync(log, context, stream => EventsAsync(context, stream, query.For(stream), form));
    }

    private async Task EventsAsync(HttpContext context, StreamDescription stream, StreamReadRequest request, Representation form)
    {
        using ManyPartitionsPage page = await log.ReadAsync(stream, request, context.RequestAborted);
        long gathered = page.Parts.Select(p => GatheredText.Of(p.Page)).DefaultIfEmpty().Max();
        using MemoryCharge text = (gathered > 0 ? log.Reads.Large : log.Reads).Charge(PageOutput.PageBytes + gathered);
        string cursor = CursorAfter(stream, page).ToString();
        HttpResponse response = context.Response;
        response.StatusCode = StatusCodes.Status200OK;
        response.ContentType = form.MediaType();
        response.Headers.Vary = "Accept, Accept-Encoding";
        response.Headers[HeaderNames.NextCursor] = cursor;
        if (page.IsWaitRefused)
        {
            response.Headers.RetryAfter = "1";
        }

        if (!HttpMethods.IsHead(context.Request.Method))
        {
            await new EventPageWriter(stream.Name, form, namesPartitions: true)
                .WriteAsync(context, page.Parts, json => json.WriteString("cursor", cursor), time);
        }
    }

    private static ReadCursor CursorAfter(StreamDescription stream, ManyPartitionsPage page) => new()
    {
        StreamId = stream.StreamId,
        Partitions = stream.Partitions,
        Offsets = page.Next.ToDictionary(n => n.Partition, n => n.Offset),
        First = page.First,
    };
}
