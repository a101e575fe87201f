using System.Text.Json;
using Headwater.Contracts.Errors;
using Headwater.Formats.Incoming;
using Headwater.Formats.Parsing;

namespace Headwater.Formats.Json;

/// <summary>Reads a JSON body: an array of events, an object with the single member <c>events</c>, or one event.</summary>
public static class JsonEvents
{
    /// <exception cref="HeadwaterException">MalformedBody, UnknownMember, TooManyEvents.</exception>
    public static void Read(ReadOnlyMemory<byte> body, IncomingEvents into)
    {
        using JsonDocument document = JsonBodies.Parse(body);
        if (IsEvent(document.RootElement))
        {
            new JsonEventReader(into).Add(document.RootElement);
        }
        else
        {
            ReadArray(EventsOf(document.RootElement), into);
        }
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

    // One event without an array around it: an object with a member of an event, and without the member events.
    private static bool IsEvent(JsonElement root)
    {
        if (root.ValueKind != JsonValueKind.Object)
        {
            return false;
        }

        bool isEvent = false;
        foreach (JsonProperty member in root.EnumerateObject())
        {
            if (JsonKinds.TryName(member, out string name) && name == "events")
            {
                return false;
            }

            isEvent |= name is "value" or "key" or "headers" or "time";
        }

        return isEvent;
    }

    private static JsonElement EventsOf(JsonElement root)
    {
        if (root.ValueKind == JsonValueKind.Array)
        {
            return root;
        }

        if (root.ValueKind != JsonValueKind.Object)
        {
            throw Refusals.MalformedBody($"The body must be an array of events, {{\"events\":[…]}} or one event with a value, not {JsonKinds.Name(root)}.");
        }

        JsonElement? events = null;
        var faults = new BodyFaults();
        foreach (JsonProperty member in root.EnumerateObject())
        {
            if (!JsonKinds.TryName(member, out string name) || name != "events")
            {
                faults.AddUnknown($"/{JsonPointer.Escape(name)}", "unknown member; a body is an array of events, {\"events\":[…]} or one event with a value.");
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
