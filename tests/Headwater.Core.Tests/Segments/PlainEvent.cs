using System.Text;
using Headwater.Core.Schemas;
using Headwater.Core.Segments;

namespace Headwater.Core.Tests.Segments;

/// <summary>An event as plain data, for comparison. Headers are name=value lines in stored order; the value is in hexadecimal.</summary>
public sealed record PlainEvent(long Offset, long Appended, long? Time, string? Key, string Headers, string Value)
{
    public static PlainEvent From(DecodedEvent view)
    {
        var headers = new StringBuilder();
        foreach (EventHeader header in view.Headers)
        {
            headers.Append(Encoding.UTF8.GetString(header.Name)).Append('=').Append(Encoding.UTF8.GetString(header.Value)).Append('\n');
        }

        return new PlainEvent(
            view.Offset.Value,
            view.Appended.Value,
            view.Time?.Value,
            view.HasKey ? Encoding.UTF8.GetString(view.Key) : null,
            headers.ToString(),
            Convert.ToHexString(view.Value));
    }

    public static List<PlainEvent> AllOf(DecodedBlock block, ValueSchema schema)
    {
        var events = new List<PlainEvent>();
        foreach (DecodedEvent view in block.GetEvents(schema))
        {
            events.Add(From(view));
        }

        return events;
    }
}
