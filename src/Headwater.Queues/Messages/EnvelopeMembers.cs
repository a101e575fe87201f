using System.Text.Json;
using Headwater.Contracts.Errors;
using Headwater.Formats.Parsing;

namespace Headwater.Queues.Messages;

/// <summary>The members of one object of a message. Every member is known and occurs once.</summary>
internal sealed class EnvelopeMembers
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
                    $"The envelope has the unknown member '{TextMember.Cut(name, 128)}'; valid members are {string.Join(", ", known)}.");
            }

            if (!_members.TryAdd(name, member.Value))
            {
                throw Refusals.MalformedBody($"The envelope has the member {name} twice.");
            }
        }
    }

    /// <summary>Null if the member is absent or null.</summary>
    public JsonElement? Find(string name) =>
        _members.TryGetValue(name, out JsonElement member) && member.ValueKind != JsonValueKind.Null ? member : null;

    /// <summary>Makes the error of a member that is not what it must be.</summary>
    public static HeadwaterException Bad(string name, string expected) => Refusals.MalformedBody($"The envelope's member {name} must be {expected}.");

    /// <summary>Makes the error of a required member that is absent.</summary>
    public static HeadwaterException Lacks(string name) => Refusals.MalformedBody($"The envelope lacks the member {name}.");
}
