using System.Text.Json;
using Headwater.Contracts.Errors;
using Headwater.Formats.Incoming;
using Headwater.Formats.Parsing;

namespace Headwater.Formats.Json;

/// <summary>Reads a JSON body: an array of events, or an object with the single member <c>events</c>.</summary>
public static class JsonEvents
{
    /// <exception cref="HeadwaterException">MalformedBody, UnknownMember, TooManyEvents.</exception>
    public static void Read(ReadOnlyMemory<byte> body, IncomingEvents into)
    {
        using JsonDocument document = JsonBodies.Parse(body);
        ReadArray(EventsOf(document.RootElement), into);
    }

    /// <summary>Adds every item. Stops early when the maximum number of reported faults is reached.</summary>
    public static void ReadArray(JsonElement events, IncomingEvents into, bool takesBytes = false)
    {
        var reader = new JsonEventReader(into, takesBytes);
        foreach (JsonElement item in events.EnumerateArray())
        {
            if (into.IsHopeless)
            {
                return;
            }

            reader.Add(item);
        }
    }

    private static JsonElement EventsOf(JsonElement root)
    {
        if (root.ValueKind == JsonValueKind.Array)
        {
            return root;
        }

        if (root.ValueKind != JsonValueKind.Object)
        {
            throw Refusals.MalformedBody($"The body must be an array of events or {{\"events\":[…]}}, not {JsonKinds.Name(root)}.");
        }

        JsonElement? events = null;
        var faults = new BodyFaults();
        foreach (JsonProperty member in root.EnumerateObject())
        {
            if (!JsonKinds.TryName(member, out string name) || name != "events")
            {
                faults.AddUnknown($"/{JsonPointer.Escape(name)}", "unknown member; a body is an array of events or {\"events\":[…]}.");
            }
            else if (events is not null)
            {
                throw Refusals.MalformedBody("The member events occurs twice.");
            }
            else
            {
                events = member.Value;
            }
        }

        faults.ThrowIfAny();
        return events is { ValueKind: JsonValueKind.Array } array
            ? array
            : throw Refusals.MalformedBody("The member events must be an array of events.");
    }
}
