using System.Text;
using CloudNative.CloudEvents;
using Headwater.Contracts.Text;
using Headwater.Core.Positions;
using Headwater.Formats.Incoming;
using Headwater.Formats.Parsing;
using Headwater.Log.Append;
using Headwater.Log.Model;

namespace Headwater.Formats.CloudEvents;

/// <summary>
/// Turns the context attributes of one CloudEvent after the other into what an event has: <c>partitionkey</c> (else <c>subject</c>) is the key, <c>time</c>
/// the time,
/// every other attribute a header <c>ce_*</c>; <c>subject</c> is kept as a header as well, so that the way back is known.
/// </summary>
public sealed class CloudEventReader(IncomingEvents into)
{
    private const int MaxAttributes = Limits.HeadersPerEvent + 2;

    private static readonly CloudEventsSpecVersion Version = CloudEventsSpecVersion.V1_0;
    private static readonly CloudEventAttribute TimeAttribute = Version.AllAttributes.Single(a => a.Name == CloudEventNames.Time);

    private readonly Dictionary<string, string> _attributes = new(StringComparer.Ordinal);
    private readonly List<KeyValuePair<string, string>> _headers = [];

    /// <summary>The media type of the data; null if the CloudEvent names none.</summary>
    public string? DataContentType => _attributes.GetValueOrDefault(CloudEventNames.DataContentType);

    /// <summary>Whether the data is JSON.</summary>
    public bool HasJsonData => DataContentType is not { } type || CloudEventNames.IsJson(type);

    /// <summary>Starts the next CloudEvent.</summary>
    public void Begin() => _attributes.Clear();

    /// <summary>False if the event is faulty; the caller skips it.</summary>
    public bool TryAdd(string name, string value)
    {
        string pointer = $"/{JsonPointer.Escape(name)}";
        if (name.Length == 0 || !name.All(char.IsAsciiLetterOrDigit) || name.Any(char.IsAsciiLetterUpper))
        {
            return Fault(pointer, "an attribute's name must consist of lower-case letters a-z and digits.");
        }

        if (_attributes.Count == MaxAttributes)
        {
            return Fault(pointer, $"a CloudEvent must have at most {MaxAttributes} attributes.");
        }

        if (!IsValid(name, value, out string message))
        {
            return Fault(pointer, message);
        }

        return _attributes.TryAdd(name, value) || Fault(pointer, "the attribute occurs twice.");
    }

    /// <summary>False if the event is faulty; the caller skips it.</summary>
    public bool TryFinish(out EventAttributes attributes)
    {
        attributes = default;
        if (Missing() is { } missing)
        {
            return Fault($"/{missing}", $"the required attribute {missing} is missing.");
        }

        UnixMicros? time = null;
        if (_attributes.TryGetValue(CloudEventNames.Time, out string? text))
        {
            if (!Instants.TryParse(text, out UnixMicros instant))
            {
                return Fault("/time", $"{Instants.Expected}, not '{text}'.");
            }

            time = instant;
        }

        CollectHeaders();
        string? key = _attributes.GetValueOrDefault(CloudEventNames.PartitionKey) ?? _attributes.GetValueOrDefault(CloudEventNames.Subject);
        attributes = new EventAttributes(key, _headers, time);
        return true;
    }

    private static bool IsValid(string name, string value, out string message)
    {
        message = "";
        if (name == CloudEventNames.SpecVersion)
        {
            message = $"only CloudEvents {Version.VersionId} is supported, not '{value}'.";
            return value == Version.VersionId;
        }

        if (name == CloudEventNames.Time)
        {
            message = $"{Instants.Expected}, not '{value}'.";
            return IsTimestamp(value);
        }

        if (AttributeRules.FaultOf(Encoding.UTF8.GetBytes(name), Encoding.UTF8.GetBytes(value)) is { } expected)
        {
            message = $"the attribute must be {expected}, not '{value}'.";
            return false;
        }

        return true;
    }

    // CloudEvents takes RFC 3339 alone, which is less than Instants does.
    private static bool IsTimestamp(string value)
    {
        try
        {
            TimeAttribute.Parse(value);
            return true;
        }
        catch (Exception e) when (e is ArgumentException or FormatException)
        {
            return false;
        }
    }

    private string? Missing() =>
        !_attributes.ContainsKey(CloudEventNames.SpecVersion)
            ? CloudEventNames.SpecVersion
            : Version.RequiredAttributes.Select(a => a.Name).FirstOrDefault(name => !_attributes.ContainsKey(name));

    private void CollectHeaders()
    {
        _headers.Clear();
        foreach ((string name, string value) in _attributes)
        {
            if (name is not (CloudEventNames.PartitionKey or CloudEventNames.Time))
            {
                _headers.Add(new KeyValuePair<string, string>(CloudEventNames.HeaderOf(name), value));
            }
        }
    }

    private bool Fault(string pointer, string message)
    {
        into.AddFault(pointer, message);
        return false;
    }
}
