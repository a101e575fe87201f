using System.Text.Json;
using Headwater.Contracts.Errors;
using Headwater.Core.Schemas;
using Headwater.Core.Segments;
using Headwater.Log.Append;
using Headwater.Log.Budgets;
using Headwater.Log.Model;

namespace Headwater.Formats.Incoming;

/// <summary>
/// Collects the events of a request from every body format: the encoded events, their digest if repeats of the request are compared, and their faults.
/// </summary>
/// <param name="events">Encodes and checks the events. The caller disposes it.</param>
/// <param name="schema">The stream's schema.</param>
/// <param name="budget">Charged for what the body parses and inflates to.</param>
/// <param name="digest">Null if the request has neither an Idempotency-Key nor a producer.</param>
/// <param name="copy">Copies the events for an asynchronous append; null for a synchronous one.</param>
public sealed class IncomingEvents(RequestEvents events, ValueSchema schema, BodyBudget budget, EventDigest? digest, EventCopy? copy = null)
{
    private bool _unknownMember;

    /// <summary>The member that contains the value in the request's format. Pointers of value faults begin with it.</summary>
    public string ValueMember { get; set; } = "value";

    /// <summary>The stream's schema.</summary>
    public ValueSchema Schema { get; } = schema;

    /// <summary>Charged for what the body parses and inflates to, before the memory is spent.</summary>
    public BodyBudget Budget { get; } = budget;

    /// <summary>Whether the stream has no schema.</summary>
    public bool IsSchemaless => Schema.Verbatim is null;

    /// <summary>Index of the next event.</summary>
    public int Count => events.Count;

    /// <summary>Whether the maximum number of reported faults is reached, so that parsing can stop.</summary>
    public bool IsHopeless => events.Faults.Count >= Limits.FaultsReported;

    // A request with a fault is not stored, and a faulty value may not even be text.
    private bool IsFit => events.Faults.Count == 0;

    /// <summary>Whether events may be added by <see cref="TryAdd"/>: none is there yet, the stream has a schema, and no copy is asked for.</summary>
    public bool TakesEncoded => copy is null && !IsSchemaless && Count == 0;

    /// <summary>Adds an event whose parts are encoded, unless it has a fault or a limit is reached.</summary>
    /// <param name="parts">Beside the value: valid UTF-8.</param>
    /// <param name="unionValue">Branch index and value, which fit the stream's schema.</param>
    /// <param name="json">The value's JSON text.</param>
    public bool TryAdd(in EventParts parts, ReadOnlySpan<byte> unionValue, ReadOnlySpan<byte> json)
    {
        if (digest is not null && parts.HeaderCount > 1)
        {
            return false; // The digest takes headers in the order of their names.
        }

        digest?.AddJson(parts, json);
        return events.TryAdd(parts, unionValue);
    }

    /// <summary>Removes all events, so that the body can be read again in another way.</summary>
    public void Clear()
    {
        events.Clear();
        digest?.Clear();
    }

    /// <summary>Adds an event with a JSON value.</summary>
    public void AddJson(in EventAttributes attributes, JsonElement value)
    {
        digest?.Add(attributes, value);
        events.AddJson(attributes, value);
        if (IsFit)
        {
            copy?.Add(attributes, value);
        }
    }

    /// <summary>Adds an event with a binary value.</summary>
    public void AddBytes(in EventAttributes attributes, ReadOnlySpan<byte> value)
    {
        digest?.Add(attributes, value);
        events.AddBytes(attributes, value);
        if (IsFit)
        {
            copy?.AddBytes(attributes, value);
        }
    }

    /// <param name="attributes">Beside the value.</param>
    /// <param name="unionValue">Branch index and value, already walked by the stream's schema.</param>
    /// <param name="isJson">Whether the file marks the value as JSON.</param>
    public void AddAvro(in EventAttributes attributes, ReadOnlySpan<byte> unionValue, bool isJson)
    {
        digest?.Add(attributes, unionValue);
        events.AddAvro(attributes, unionValue, isJson);
        if (IsFit)
        {
            copy?.AddAvro(attributes, unionValue, isJson);
        }
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
        {
            throw Unfit([.. events.Faults.Select(AsPosted)]);
        }

        AppendRefusals.RequireEvents(events);
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
