using System.Text.Json;
using Headwater.Contracts.Json;
using Headwater.Core.Positions;
using Headwater.Core.Schemas;
using Headwater.Core.Segments;
using Headwater.Formats.CloudEvents;
using Headwater.Formats.Json;
using Headwater.Http.Answers;
using Headwater.Log.Budgets;
using Headwater.Log.Model;
using Headwater.Log.Read;
using Headwater.Log.Telemetry;
using Microsoft.AspNetCore.Http;

namespace Headwater.Http.Read;

/// <summary>Writes a page of events in one of the JSON formats. The text is flushed every 64 KiB and never gathered.</summary>
internal sealed class EventPageWriter(StreamName stream, PartitionId partition, Representation form)
{
    private readonly CloudEventJson _cloudEvents = new(stream, partition);

    /// <summary>Writes the page.</summary>
    /// <param name="context">The request.</param>
    /// <param name="page">The page, whose events were checked.</param>
    /// <param name="budget">Charged by the caller for <see cref="PageOutput.PageBytes"/>.</param>
    /// <param name="time">The clock for slow clients.</param>
    public async Task WriteAsync(HttpContext context, ReadPage page, ReadBudget budget, TimeProvider time)
    {
        long stored = page.Blocks.Sum(b => (long)b.Block.Data.Length);
        ResponseEncoding encoding = stored < Answer.CompressFrom ? ResponseEncoding.Identity : ResponseEncodings.Of(context.Request);
        var body = ResponseBody.Begin(context, encoding);
        var pace = new SendPace(context, time, stored + PageOutput.PageBytes);
        using var output = new PageOutput(body.Writer, budget, pace);
        using var json = new Utf8JsonWriter(output, WireJson.WriterOptions);
        int events = 0;
        Open(json);
        foreach (ReadBlock block in page.Blocks)
        {
            EventPlace place = default;
            while (Write(json, output, block, ref place, ref events))
            {
                json.Flush();
                await output.FlushAsync(context.RequestAborted);
            }
        }

        Close(json, page.Range);
        json.Flush();
        await pace.WithinAsync(output.Unflushed + body.MostPending, body.CompleteAsync(context.RequestAborted).AsTask());
        EventTelemetry.Read(events);
    }

    /// <returns>False after the block's last event; true if the text is to be flushed before the block goes on.</returns>
    private bool Write(Utf8JsonWriter json, PageOutput output, ReadBlock block, ref EventPlace place, ref int events)
    {
        EventEnumerator views = block.Block.GetEvents(block.Schema, place);
        while (views.MoveNext())
        {
            DecodedEvent view = views.Current;
            if (view.Offset >= block.Deliver.End)
            {
                break;
            }

            if (view.Offset < block.Deliver.Start)
            {
                continue;
            }

            events++;
            WriteOne(json, output, view, block.Schema);
            if (output.Unflushed + json.BytesPending >= PageOutput.FlushBytes)
            {
                place = views.Place;
                return true;
            }
        }

        return false;
    }

    private void WriteOne(Utf8JsonWriter json, PageOutput output, in DecodedEvent view, ValueSchema schema)
    {
        if (form == Representation.CloudEventBatch)
        {
            _cloudEvents.Write(json, view, schema);
        }
        else
        {
            EventJson.Write(json, view, schema);
        }

        if (form == Representation.NdJson)
        {
            EndLine(json, output);
        }
    }

    // A JSON writer accepts one value. After a reset it accepts the next line.
    private static void EndLine(Utf8JsonWriter json, PageOutput output)
    {
        json.Flush();
        json.Reset();
        output.GetSpan(1)[0] = (byte)'\n';
        output.Advance(1);
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
