using System.Globalization;
using System.Text.Json;
using Headwater.Contracts.Errors;
using Headwater.Contracts.Text;
using Headwater.Core.Positions;
using Headwater.Core.Segments;
using Headwater.Formats.Parsing;

namespace Headwater.Queues.Messages;

/// <summary>A text of at most <paramref name="Most"/> characters. An empty text is left out by the writer and read as absent.</summary>
internal sealed record TextMember(string Name, int Most)
{
    /// <summary>A text that is too long is left out and read as absent: the member never decides whether an event is stored.</summary>
    public bool IsDroppedIfUnfit { get; init; }

    /// <summary>An empty text is written and read.</summary>
    public bool IsEmptyKept { get; init; }

    /// <exception cref="ArgumentException">The text is longer than the reader accepts: what made it must check or cut it.</exception>
    public void Write(Utf8JsonWriter json, string? text)
    {
        if (IsWritten(text))
        {
            json.WriteString(Name, text);
        }
    }

    /// <summary>Writes a text that describes; what is too long is cut.</summary>
    public void WriteCut(Utf8JsonWriter json, string? text) => Write(json, text is null ? null : Cut(text, Most));

    /// <exception cref="HeadwaterException">MalformedBody.</exception>
    public string? Read(EnvelopeMembers members)
    {
        if (members.Find(Name) is not { } member)
        {
            return null;
        }

        if (member.ValueKind != JsonValueKind.String || !JsonKinds.TryText(member, out string text))
        {
            throw EnvelopeMembers.Bad(Name, "a string");
        }

        if (text.Length > Most)
        {
            return IsDroppedIfUnfit ? null : throw EnvelopeMembers.Bad(Name, $"a string of at most {Most} characters");
        }

        return text.Length > 0 || IsEmptyKept ? text : null;
    }

    /// <exception cref="HeadwaterException">MalformedBody.</exception>
    public string Require(EnvelopeMembers members) => Read(members) ?? throw EnvelopeMembers.Lacks(Name);

    /// <summary>At most <paramref name="most"/> characters, never ending between the two halves of a surrogate pair.</summary>
    public static string Cut(string text, int most)
    {
        if (text.Length <= most)
        {
            return text;
        }

        int end = char.IsHighSurrogate(text[most - 1]) ? most - 1 : most;
        return text[..end];
    }

    private bool IsWritten(string? text)
    {
        if (text is null || (text.Length == 0 && !IsEmptyKept))
        {
            return false;
        }

        if (text.Length <= Most)
        {
            return true;
        }

        return IsDroppedIfUnfit ? false : throw new ArgumentException($"{Name} has {text.Length} characters; its reader accepts {Most}.", nameof(text));
    }
}

/// <summary>A whole number within bounds.</summary>
internal sealed record NumberMember(string Name, long Least, long Most)
{
    public void Write(Utf8JsonWriter json, long? number)
    {
        if (number is { } value)
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, Least, Name);
            ArgumentOutOfRangeException.ThrowIfGreaterThan(value, Most, Name);
            json.WriteNumber(Name, value);
        }
    }

    /// <exception cref="HeadwaterException">MalformedBody.</exception>
    public long? Read(EnvelopeMembers members)
    {
        if (members.Find(Name) is not { } member)
        {
            return null;
        }

        return member.ValueKind == JsonValueKind.Number && member.TryGetInt64(out long number) && number >= Least && number <= Most
            ? number
            : throw EnvelopeMembers.Bad(Name, $"a whole number from {Least} to {Most}");
    }
}

/// <summary>128 bits as hex digits.</summary>
internal sealed record HexMember(string Name)
{
    private const int Digits = RequestKey.Size * 2;

    public void Write(Utf8JsonWriter json, UInt128? value)
    {
        if (value is { } bits)
        {
            json.WriteString(Name, bits.ToString("x32", CultureInfo.InvariantCulture));
        }
    }

    /// <exception cref="HeadwaterException">MalformedBody.</exception>
    public UInt128? Read(EnvelopeMembers members)
    {
        if (new TextMember(Name, Digits).Read(members) is not { } text)
        {
            return null;
        }

        return text.Length == Digits && UInt128.TryParse(text, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out UInt128 value)
            ? value
            : throw EnvelopeMembers.Bad(Name, $"{Digits} hex digits");
    }
}

/// <summary>A point in time, kept to the microsecond.</summary>
internal sealed record InstantMember(string Name)
{
    private const int MaxLength = 64;

    public void Write(Utf8JsonWriter json, DateTimeOffset? instant)
    {
        if (instant is { } time)
        {
            json.WriteString(Name, UnixMicros.From(time).ToDateTimeOffset().UtcDateTime);
        }
    }

    /// <exception cref="HeadwaterException">MalformedBody.</exception>
    public DateTimeOffset? Read(EnvelopeMembers members)
    {
        if (new TextMember(Name, MaxLength).Read(members) is not { } text)
        {
            return null;
        }

        return Instants.TryParse(text, out UnixMicros instant) ? instant.ToDateTimeOffset() : throw EnvelopeMembers.Bad(Name, "an RFC 3339 time");
    }
}

/// <summary>True, or absent.</summary>
internal sealed record FlagMember(string Name)
{
    public void Write(Utf8JsonWriter json, bool flag)
    {
        if (flag)
        {
            json.WriteBoolean(Name, true);
        }
    }

    /// <exception cref="HeadwaterException">MalformedBody.</exception>
    public bool Read(EnvelopeMembers members)
    {
        if (members.Find(Name) is not { } member)
        {
            return false;
        }

        return member.ValueKind == JsonValueKind.True ? true : throw EnvelopeMembers.Bad(Name, "true");
    }
}

/// <summary>An array or an object.</summary>
internal sealed record ElementMember(string Name, JsonValueKind Kind)
{
    public void Write(Utf8JsonWriter json, JsonElement? element)
    {
        if (element is { } value)
        {
            json.WritePropertyName(Name);
            JsonCopy.Write(value, json);
        }
    }

    /// <exception cref="HeadwaterException">MalformedBody.</exception>
    public JsonElement? Read(EnvelopeMembers members)
    {
        if (members.Find(Name) is not { } member)
        {
            return null;
        }

        return member.ValueKind == Kind ? member : throw EnvelopeMembers.Bad(Name, Kind == JsonValueKind.Array ? "an array" : "an object");
    }
}
