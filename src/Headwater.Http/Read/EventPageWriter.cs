using System.Text.Json;
using Headwater.Contracts.Json;
using Headwater.Core.Positions;
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
/// <param name="stream">The stream's name.</param>
/// <param name="form">The format; not Avro.</param>
/// <param name="namesPartitions">Whether each event names its partition.</param>
internal sealed class EventPageWriter(StreamName stream, Representation form, bool namesPartitions)
{
    private readonly AppendedText _times = new();

    private CloudEventJson? _cloudEvents;

    /// <summary>Writes the page.</summary>
    /// <param name="context">The request.</param>
    /// <param name="parts">The pages of the partitions, whose events were checked.</param>
    /// <param name="close">Writes the members of a JSON page after its events.</param>
    /// <param name="budget">Charged by the caller for <see cref="PageOutput.PageBytes"/>.</param>
    /// <param name="time">The clock for slow clients.</param>
    public async Task WriteAsync(
        HttpContext context, IReadOnlyList<EventPagePart> parts, Action<Utf8JsonWriter> close, ReadBudget budget, TimeProvider time)
    {
        long stored = parts.Sum(p => p.Page.Blocks.Sum(b => (long)b.Block.Data.Length));
        ResponseEncoding encoding = stored < Answer.CompressFrom ? ResponseEncoding.Identity : ResponseEncodings.Of(context.Request);
        var body = ResponseBody.Begin(context, encoding);
        var pace = new SendPace(context, time, stored + PageOutput.PageBytes);
        using var output = new PageOutput(body.Writer, budget, pace);
        using var json = new Utf8JsonWriter(output, WireJson.WriterOptions);
        int events = 0;
        Open(json);
        foreach (EventPagePart part in parts)
        {
            _cloudEvents = new CloudEventJson(stream, part.Partition);
            foreach (ReadBlock block in part.Page.Blocks)
            {
                EventPlace place = default;
                while (Write(json, output, new PartitionBlock(part.Partition, block), ref place, ref events))
                {
                    json.Flush();
                    await output.FlushAsync(context.RequestAborted);
                }
            }
        }

        Close(json, close);
        json.Flush();
        await pace.WithinAsync(output.Unflushed + body.MostPending, body.CompleteAsync(context.RequestAborted).AsTask());
        EventTelemetry.Read(events);
    }

    /// <returns>False after the block's last event; true if the text is to be flushed before the block goes on.</returns>
    private bool Write(Utf8JsonWriter json, PageOutput output, in PartitionBlock from, ref EventPlace place, ref int events)
    {
        ReadBlock block = from.Block;
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
            WriteOne(json, output, view, from);
            if (output.Unflushed + json.BytesPending >= PageOutput.FlushBytes)
            {
                place = views.Place;
                return true;
            }
        }

        return false;
    }

    private void WriteOne(Utf8JsonWriter json, PageOutput output, in DecodedEvent view, in PartitionBlock from)
    {
        if (form == Representation.CloudEventBatch)
        {
            _cloudEvents!.Write(json, view, from.Block.Schema);
        }
        else
        {
            EventJson.Write(json, view, from.Block.Schema, _times, namesPartitions ? from.Partition : null);
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

    private void Close(Utf8JsonWriter json, Action<Utf8JsonWriter> close)
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

        close(json);
        json.WriteEndObject();
    }

    private readonly record struct PartitionBlock(PartitionId Partition, ReadBlock Block);
}
