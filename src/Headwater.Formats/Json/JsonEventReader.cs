using System.Text.Json;
using Headwater.Contracts.Text;
using Headwater.Core.Positions;
using Headwater.Formats.Incoming;
using Headwater.Formats.Parsing;
using Headwater.Log.Append;
using Headwater.Log.Model;

namespace Headwater.Formats.Json;

/// <summary>Reads <c>{"key","value","headers","time"}</c> objects. Only the first fault of an event is reported.</summary>
/// <param name="into">Receives the events.</param>
/// <param name="takesBytes">Whether <c>base64</c> is allowed instead of <c>value</c>, as in envelopes.</param>
public sealed class JsonEventReader(IncomingEvents into, bool takesBytes = false)
{
    private const string Expected = "an event must be an object with value and optionally key, headers and time";

    private readonly List<KeyValuePair<string, string>> _headers = [];
    private JsonElement? _key;
    private JsonElement? _value;
    private JsonElement? _headerMembers;
    private JsonElement? _time;
    private JsonElement? _base64;

    /// <summary>Reads one event and adds it.</summary>
    public void Add(JsonElement item)
    {
        if (item.ValueKind != JsonValueKind.Object)
        {
            into.AddFault("", $"{Expected}; this is {JsonKinds.Name(item)}.");
            return;
        }

        if (!TryTakeMembers(item))
        {
            return;
        }

        if (_base64 is { } base64 && _value is null)
        {
            AddBytes(base64);
            return;
        }

        if (_value is not { } value)
        {
            into.AddFault("/value", "the member value is missing; send null to delete the key.");
            return;
        }

        if (TryKey(out string? key) && TryHeaders() && TryTime(out UnixMicros? time))
        {
            into.AddJson(new EventAttributes(key, _headers, time), value);
        }
    }

    private void AddBytes(JsonElement base64)
    {
        if (!JsonKinds.TryBytes(base64, out byte[] bytes))
        {
            Fault("/base64", "the member is not base64.");
        }
        else if (TryKey(out string? key) && TryHeaders() && TryTime(out UnixMicros? time))
        {
            into.AddBytes(new EventAttributes(key, _headers, time), bytes);
        }
    }

    private bool TryTakeMembers(JsonElement item)
    {
        _key = _value = _headerMembers = _time = _base64 = null;
        foreach (JsonProperty member in item.EnumerateObject())
        {
            ref JsonElement? slot = ref SlotOf(member, out bool known);
            if (!known)
            {
                return Unknown(member);
            }

            if (slot is not null)
            {
                return Fault($"/{member.Name}", "the member appears twice.");
            }

            slot = member.Value;
        }

        return true;
    }

    private ref JsonElement? SlotOf(JsonProperty member, out bool known)
    {
        known = true;
        try
        {
            if (member.NameEquals("key"u8))
            {
                return ref _key;
            }

            if (member.NameEquals("value"u8))
            {
                return ref _value;
            }

            if (member.NameEquals("headers"u8))
            {
                return ref _headerMembers;
            }

            if (member.NameEquals("time"u8))
            {
                return ref _time;
            }

            if (takesBytes && member.NameEquals("base64"u8))
            {
                return ref _base64;
            }
        }
        catch (InvalidOperationException)
        {
            // A name with a lone surrogate is never a known member.
        }

        known = false;
        return ref _key;
    }

    private bool Unknown(JsonProperty member)
    {
        JsonKinds.TryName(member, out string name);
        into.AddUnknownMember($"/{JsonPointer.Escape(name)}", $"unknown member; {Expected}.");
        return false;
    }

    private bool TryKey(out string? key)
    {
        key = null;
        if (_key is not { ValueKind: not JsonValueKind.Null } given)
        {
            return true;
        }

        if (given.ValueKind != JsonValueKind.String)
        {
            return Fault("/key", $"a key is a string, not {JsonKinds.Name(given)}.");
        }

        return JsonKinds.TryText(given, out key) || Fault("/key", "the key holds half of a surrogate pair.");
    }

    private bool TryHeaders()
    {
        _headers.Clear();
        if (_headerMembers is not { ValueKind: not JsonValueKind.Null } given)
        {
            return true;
        }

        if (given.ValueKind != JsonValueKind.Object)
        {
            return Fault("/headers", $"headers are an object of strings, not {JsonKinds.Name(given)}.");
        }

        foreach (JsonProperty header in given.EnumerateObject())
        {
            if (!TryHeader(header))
            {
                return false;
            }

            // One event above the limit is enough to report the limit.
            if (_headers.Count > Limits.HeadersPerEvent)
            {
                break;
            }
        }

        return true;
    }

    private bool TryHeader(JsonProperty header)
    {
        if (!JsonKinds.TryName(header, out string name))
        {
            return Fault("/headers", "a header's name holds half of a surrogate pair.");
        }

        string pointer = $"/headers/{JsonPointer.Escape(name)}";
        if (header.Value.ValueKind != JsonValueKind.String)
        {
            return Fault(pointer, $"a header is a string, not {JsonKinds.Name(header.Value)}.");
        }

        if (!JsonKinds.TryText(header.Value, out string text))
        {
            return Fault(pointer, "the header holds half of a surrogate pair.");
        }

        if (_headers.Exists(h => h.Key == name))
        {
            return Fault(pointer, "the header appears twice.");
        }

        _headers.Add(new KeyValuePair<string, string>(name, text));
        return true;
    }

    private bool TryTime(out UnixMicros? time)
    {
        time = null;
        if (_time is not { ValueKind: not JsonValueKind.Null } given)
        {
            return true;
        }

        if (given.ValueKind == JsonValueKind.Number && given.TryGetInt64(out long micros) && UnixMicros.IsRepresentable(micros))
        {
            time = new UnixMicros(micros);
        }
        else if (given.ValueKind == JsonValueKind.String && JsonKinds.TryText(given, out string text) && Instants.TryParse(text, out UnixMicros instant))
        {
            time = instant;
        }

        return time is not null || Fault("/time", $"{Instants.Expected}, not {JsonKinds.Name(given)} {given.GetRawText()}.");
    }

    private bool Fault(string pointer, string message)
    {
        into.AddFault(pointer, message);
        return false;
    }
}
