using System.Text.Json;
using Headwater.Contracts.Json;
using Headwater.Core.Positions;
using Headwater.Core.Segments;
using Headwater.Formats.CloudEvents;
using Headwater.Formats.Json;
using Headwater.Http.Answers;
using Headwater.Log.Model;
using Headwater.Log.Read;
using Headwater.Log.Telemetry;
using Microsoft.AspNetCore.Http;

namespace Headwater.Http.Read;

/// <summary>Writes a page of events in one of the JSON formats, block by block. At most one block's JSON is in memory at a time.</summary>
internal sealed class EventPageWriter(StreamName stream, PartitionId partition, Representation form)
{
    private readonly CloudEventJson _cloudEvents = new(stream, partition);

    public async Task WriteAsync(HttpContext context, ReadPage page)
    {
        long stored = page.Blocks.Sum(b => (long)b.Block.Data.Length);
        ResponseEncoding encoding = stored < Answer.CompressFrom ? ResponseEncoding.Identity : ResponseEncodings.Of(context.Request);
        var body = ResponseBody.Begin(context, encoding);
        using var json = new Utf8JsonWriter(body.Writer, WireJson.WriterOptions);
        long events = 0;
        Open(json);
        foreach (ReadBlock block in page.Blocks)
        {
            events += Write(json, body, block);
            json.Flush();
            await body.Writer.FlushAsync(context.RequestAborted);
        }

        Close(json, page.Range);
        json.Flush();
        await body.CompleteAsync();
        EventTelemetry.Read(events);
    }

    private int Write(Utf8JsonWriter json, ResponseBody body, ReadBlock block)
    {
        int events = 0;
        foreach (DecodedEvent view in block.Block.GetEvents(block.Schema))
        {
            if (view.Offset >= block.Deliver.End)
            {
                break;
            }

            if (view.Offset < block.Deliver.Start)
            {
                continue;
            }

            events++;
            if (form == Representation.CloudEventBatch)
            {
                _cloudEvents.Write(json, view, block.Schema);
            }
            else
            {
                EventJson.Write(json, view, block.Schema);
            }

            if (form == Representation.NdJson)
            {
                EndLine(json, body);
            }
        }

        return events;
    }

    // A JSON writer accepts one value. After a reset it accepts the next line.
    private static void EndLine(Utf8JsonWriter json, ResponseBody body)
    {
        json.Flush();
        json.Reset();
        body.Writer.GetSpan(1)[0] = (byte)'\n';
        body.Writer.Advance(1);
    }

    private void Open(Utf8JsonWriter json)
    {
        if (form == Representation.Json)
        {
            json.WriteStartObject();
            json.WriteStartArray("events");
        }
        else if (form == Representation.CloudEventBatch)
        {
            json.WriteStartArray();
        }
    }

    private void Close(Utf8JsonWriter json, PartitionRange range)
    {
        if (form == Representation.NdJson)
        {
            return;
        }

        json.WriteEndArray();
        if (form != Representation.Json)
        {
            return;
        }

        json.WriteNumber("nextOffset", range.Next.Value);
        json.WriteNumber("logStartOffset", range.LogStart.Value);
        json.WriteNumber("logEndOffset", range.LogEnd.Value);
        json.WriteEndObject();
    }
}
