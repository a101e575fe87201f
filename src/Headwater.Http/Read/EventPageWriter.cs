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

/// <summary>Writes a page of events in one of the JSON formats. The text is flushed every 64 KiB and never gathered.</summary>
/// <param name="stream">The stream's name.</param>
/// <param name="form">The format; not Avro.</param>
/// <param name="namesPartitions">Whether each event names its partition.</param>
internal sealed class EventPageWriter(StreamName stream, Representation form, bool namesPartitions)
{
    private readonly AppendedText _times = new();

    private CloudEventJson? _cloudEvents;
    private EventPlace _place;
    private int _events;

    /// <summary>Writes the page.</summary>
    /// <param name="context">The request.</param>
    /// <param name="parts">
    /// The pages of the partitions, whose events were checked. The read budget is charged for them, and for <see cref="PageOutput.PageBytes"/> of text.
    /// </param>
    /// <param name="close">Writes the members of a JSON page after its events.</param>
    /// <param name="time">The clock for slow clients.</param>
    public async Task WriteAsync(HttpContext context, IReadOnlyList<EventPagePart> parts, Action<Utf8JsonWriter> close, TimeProvider time)
    {
        long stored = parts.Sum(p => p.Page.Blocks.Sum(b => (long)b.Block.Data.Length));
        ResponseEncoding encoding = stored < Answer.CompressFrom ? ResponseEncoding.Identity : ResponseEncodings.Of(context.Request);
        var body = ResponseBody.Begin(context, encoding);
        int text = parts.Select(p => p.Page.TextBytes).DefaultIfEmpty().Max();
        var pace = new SendPace(context, time, stored + PageOutput.PageBytes + text);
        var output = new PageOutput(body.Writer, pace, text);
        using var json = new Utf8JsonWriter(output, WireJson.WriterOptions);
        Open(json);
        foreach (EventPagePart part in parts)
        {
            _cloudEvents = new CloudEventJson(stream, part.Partition);
            foreach (ReadBlock block in part.Page.Blocks)
            {
                _place = default;
                while (await WriteSomeAsync(json, output, new PartitionBlock(part.Partition, block), text == EventText.MostBytes))
                {
                    json.Flush();
                    await output.FlushAsync(context.RequestAborted);
                }
            }
        }

        Close(json, close);
        json.Flush();
        await pace.WithinAsync(output.Unflushed + body.MostPending, body.CompleteAsync(context.RequestAborted).AsTask());
        EventTelemetry.Read(_events);
    }

    /// <param name="json">The writer.</param>
    /// <param name="output">What it writes to.</param>
    /// <param name="from">The block.</param>
    /// <param name="mayBlock">Whether an event's text may be flushed inside the event. Then it has a thread of its own, so that no other request waits.</param>
    /// <inheritdoc cref="Write"/>
    private ValueTask<bool> WriteSomeAsync(Utf8JsonWriter json, PageOutput output, PartitionBlock from, bool mayBlock) => mayBlock
        ? new(Task.Factory.StartNew(() => Write(json, output, from), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default))
        : new(Write(json, output, from));

    /// <returns>False after the block's last event; true if the text is to be flushed before the block goes on.</returns>
    private bool Write(Utf8JsonWriter json, PageOutput output, in PartitionBlock from)
    {
        ReadBlock block = from.Block;
        EventEnumerator views = block.Block.GetEvents(block.Schema, _place);
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

            _events++;
            WriteOne(json, output, view, from);
            if (output.Unflushed + json.BytesPending >= PageOutput.FlushBytes)
            {
                _place = views.Place;
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
