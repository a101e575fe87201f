using System.Globalization;
using System.Text.Json;
using Headwater.Contracts.Errors;
using Headwater.Contracts.Text;
using Headwater.Core.Segments;
using Headwater.Formats.Parsing;

namespace Headwater.Queues.Messages;

/// <summary>The members of one envelope. Every member is known and occurs once.</summary>
public sealed class EnvelopeMembers
{
    private readonly Dictionary<string, JsonElement> _members = new(StringComparer.Ordinal);

    /// <summary>Collects the members.</summary>
    /// <exception cref="HeadwaterException">UnknownMember, or MalformedBody if a member occurs twice.</exception>
    public EnvelopeMembers(JsonElement envelope, IReadOnlyList<string> known)
    {
        foreach (JsonProperty member in envelope.EnumerateObject())
        {
            if (!JsonKinds.TryName(member, out string name) || !known.Contains(name))
            {
                throw new HeadwaterException(
                    ErrorCode.UnknownMember,
                    $"The envelope has the unknown member '{name}'; valid members are {string.Join(", ", known)}.");
            }

            if (!_members.TryAdd(name, member.Value))
            {
                throw Refusals.MalformedBody($"The envelope has the member {name} twice.");
            }
        }
    }

    /// <summary>Whether the member is present and not null.</summary>
    public bool Has(string name) => _members.TryGetValue(name, out JsonElement member) && member.ValueKind != JsonValueKind.Null;

    /// <summary>Null if the member is absent.</summary>
    /// <exception cref="HeadwaterException">MalformedBody.</exception>
    public string? Text(string name, int most = 1024)
    {
        if (!Has(name))
        {
            return null;
        }

        return _members[name].ValueKind == JsonValueKind.String && JsonKinds.TryText(_members[name], out string text) && text.Length > 0 && text.Length <= most
            ? text
            : throw Bad(name, $"a string of 1 to {most} characters");
    }

    /// <summary>The text of a required member.</summary>
    /// <exception cref="HeadwaterException">MalformedBody.</exception>
    public string Required(string name, int most = 1024) => Text(name, most) ?? throw Refusals.MalformedBody($"The envelope lacks the member {name}.");

    /// <inheritdoc cref="Text"/>
    public long? Number(string name, long least, long most)
    {
        if (!Has(name))
        {
            return null;
        }

        return _members[name].ValueKind == JsonValueKind.Number && _members[name].TryGetInt64(out long number) && number >= least && number <= most
            ? number
            : throw Bad(name, $"a whole number from {least} to {most}");
    }

    /// <inheritdoc cref="Text"/>
    public UInt128? Hex(string name)
    {
        if (Text(name, RequestKey.Size * 2) is not { } text)
        {
            return null;
        }

        return text.Length == RequestKey.Size * 2 && UInt128.TryParse(text, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out UInt128 value)
            ? value
            : throw Bad(name, "32 hex digits");
    }

    /// <inheritdoc cref="Text"/>
    public DateTimeOffset? Instant(string name)
    {
        if (Text(name) is not { } text)
        {
            return null;
        }

        return Instants.TryParse(text, out Core.Positions.UnixMicros instant) ? instant.ToDateTimeOffset() : throw Bad(name, "an RFC 3339 time");
    }

    /// <summary>Whether the member is true; false if it is absent.</summary>
    /// <exception cref="HeadwaterException">MalformedBody.</exception>
    public bool Flag(string name)
    {
        if (!Has(name))
        {
            return false;
        }

        return _members[name].ValueKind == JsonValueKind.True ? true : throw Bad(name, "true");
    }

    /// <inheritdoc cref="Text"/>
    public JsonElement? Element(string name, JsonValueKind kind)
    {
        if (!Has(name))
        {
            return null;
        }

        return _members[name].ValueKind == kind ? _members[name] : throw Bad(name, kind == JsonValueKind.Array ? "an array" : "an object");
    }

    private static HeadwaterException Bad(string name, string expected) => Refusals.MalformedBody($"The envelope's member {name} must be {expected}.");
}
