using System.Text.Json;
using Headwater.Contracts.Errors;
using Headwater.Core.Schemas;
using Headwater.Log;
using Headwater.Log.Appending;

namespace Headwater.Formats.Incoming;

/// <summary>
/// Where every body format puts the events it finds: the request's encoded events, their digest if the request has an Idempotency-Key, and what is wrong with them.
/// </summary>
/// <param name="events">Encodes and checks; disposed by the caller.</param>
/// <param name="schema">Of the stream.</param>
/// <param name="digest">Null: the request has no Idempotency-Key.</param>
/// <param name="copy">Null: the events are appended here and now.</param>
public sealed class IncomingEvents(RequestEvents events, ValueSchema schema, EventDigest? digest, EventCopy? copy = null)
{
    private bool _unknownMember;

    /// <summary>Name of the member that holds the value in the format posted: pointers of value faults begin with it.</summary>
    public string ValueMember { get; set; } = "value";

    public ValueSchema Schema { get; } = schema;

    public bool IsSchemaless => Schema.Verbatim is null;

    /// <summary>Index of the next event.</summary>
    public int Count => events.Count;

    /// <summary>So many faults that more would not be told; parsing may stop.</summary>
    public bool IsHopeless => events.Faults.Count >= Limits.FaultsReported;

    // Nothing is made of a request with a fault, and a value at fault may not even be text.
    private bool IsFit => events.Faults.Count == 0;

    public void AddJson(in EventAttributes attributes, JsonElement value)
    {
        digest?.Add(attributes, value);
        events.AddJson(attributes, value);
        if (IsFit)
            copy?.Add(attributes, value);
    }

    public void AddBytes(in EventAttributes attributes, ReadOnlySpan<byte> value)
    {
        digest?.Add(attributes, value);
        events.AddBytes(attributes, value);
        if (IsFit)
            copy?.AddBytes(attributes, value);
    }

    /// <param name="attributes">Beside the value.</param>
    /// <param name="unionValue">Branch index and value, already walked by the stream's schema.</param>
    public void AddAvro(in EventAttributes attributes, ReadOnlySpan<byte> unionValue)
    {
        digest?.Add(attributes, unionValue);
        events.AddAvro(attributes, unionValue);
        if (IsFit)
            copy?.AddAvro(attributes, unionValue);
    }

    /// <summary>Counts one event that does not fit.</summary>
    public void AddFault(string pointer, string message)
    {
        events.AddFault(pointer, message);
    }

    /// <summary>Counts one event with a member the format does not have.</summary>
    public void AddUnknownMember(string pointer, string message)
    {
        _unknownMember = true;
        AddFault(pointer, message);
    }

    /// <exception cref="HeadwaterException">UnknownMember, EventInvalid or EmptyBatch: nothing of the request may be appended.</exception>
    public void ThrowIfUnfit()
    {
        if (events.Faults.Count > 0)
            throw Unfit([.. events.Faults.Select(AsPosted)]);
        if (events.Count == 0)
            throw new HeadwaterException(ErrorCode.EmptyBatch, "The request has no events; send at least one.");
    }

    private HeadwaterException Unfit(IReadOnlyList<EventFault> faults)
    {
        EventFault first = faults[0];
        string more = faults.Count == 1 ? "" : $" (and {faults.Count - 1} more)";
        string place = first.Pointer.Length == 0 ? "" : $" at {first.Pointer}";
        return new HeadwaterException(
            _unknownMember ? ErrorCode.UnknownMember : ErrorCode.EventInvalid,
            $"Event {first.Index}{place}: {first.Message.TrimEnd('.')}{more}. Nothing was stored.")
        {
            Facts = new EventFaultsFacts(faults),
        };
    }

    private EventFault AsPosted(EventFault fault) =>
        ValueMember != "value" && (fault.Pointer == "/value" || fault.Pointer.StartsWith("/value/", StringComparison.Ordinal))
            ? fault with { Pointer = $"/{ValueMember}{fault.Pointer["/value".Length..]}" }
            : fault;
}
