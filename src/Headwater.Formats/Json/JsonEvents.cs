using System.Text.Json;
using Headwater.Contracts.Errors;
using Headwater.Formats.Incoming;
using Headwater.Formats.Parsing;

namespace Headwater.Formats.Json;

/// <summary>A JSON body: an array of events, or an object whose one member <c>events</c> is that array.</summary>
public static class JsonEvents
{
    /// <exception cref="HeadwaterException">MalformedBody, UnknownMember, TooManyEvents.</exception>
    public static void Read(ReadOnlyMemory<byte> body, IncomingEvents into)
    {
        using JsonDocument document = JsonBodies.Parse(body);
        ReadArray(EventsOf(document.RootElement), into);
    }

    /// <summary>Adds every item; stops early once more faults would not be told.</summary>
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
            throw Refusals.MalformedBody($"A body is an array of events or {{\"events\":[…]}}, not {JsonKinds.Name(root)}.");
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
                throw Refusals.MalformedBody("The member events is there twice.");
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
