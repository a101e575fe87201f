using System.Text.Json;
using Headwater.Contracts.Errors;
using Headwater.Contracts.Text;
using Headwater.Formats.Parsing;

namespace Headwater.Http.Bodies;

/// <summary>Reads the members of a JSON object by name. An invalid member adds a fault and reads as its default.</summary>
internal sealed class SettingsMembers(JsonElement container, string pointer, BodyFaults faults)
{
    private const int ShownCharacters = 60;

    private readonly List<string> _known = [];

    /// <summary>The number of faults in the body so far.</summary>
    public int FaultCount => faults.Count;

    /// <summary>Whether the member is present, even if it is null.</summary>
    public bool Has(string name) => container.TryGetProperty(name, out _);

    /// <summary>Null if the member is absent or null.</summary>
    public string? Text(string name, int mostCharacters)
    {
        if (Take(name) is not { } member)
        {
            return null;
        }

        if (TryText(member, out string text) && text.Length <= mostCharacters)
        {
            return text;
        }

        Refuse(name, member, $"must be a string of at most {mostCharacters} characters");
        return null;
    }

    public long? Number(string name, long least, long most)
    {
        if (Take(name) is not { } member)
        {
            return null;
        }

        if (member.ValueKind == JsonValueKind.Number && member.TryGetInt64(out long number) && number >= least && number <= most)
        {
            return number;
        }

        Refuse(name, member, $"must be a whole number from {least} to {most}");
        return null;
    }

    public bool? Flag(string name)
    {
        if (Take(name) is not { } member)
        {
            return null;
        }

        if (member.ValueKind is JsonValueKind.True or JsonValueKind.False)
        {
            return member.GetBoolean();
        }

        Refuse(name, member, "must be true or false");
        return null;
    }

    /// <summary>A positive duration.</summary>
    public TimeSpan? Duration(string name) => Duration(name, TimeSpan.MaxValue);

    /// <summary>A duration.</summary>
    /// <param name="name">The member.</param>
    /// <param name="most">The longest.</param>
    /// <param name="mayBeZero">False: must be positive.</param>
    public TimeSpan? Duration(string name, TimeSpan most, bool mayBeZero = false)
    {
        if (Take(name) is not { } member)
        {
            return null;
        }

        if (TryText(member, out string text)
            && Durations.TryParse(text, out TimeSpan duration)
            && (mayBeZero || duration > TimeSpan.Zero)
            && duration <= most)
        {
            return duration;
        }

        string bound = most == TimeSpan.MaxValue ? "" : $" of at most {Durations.Format(most)}";
        Refuse(name, member, $"must be a {(mayBeZero ? "" : "positive ")}duration{bound}; {Durations.Expected}");
        return null;
    }

    public IReadOnlyList<string>? Texts(string name, int most, int mostCharacters)
    {
        if (Take(name) is not { } member)
        {
            return null;
        }

        if (member.ValueKind != JsonValueKind.Array || member.GetArrayLength() > most)
        {
            Refuse(name, member, $"must be an array of at most {most} strings");
            return null;
        }

        var texts = new List<string>();
        int index = 0;
        foreach (JsonElement item in member.EnumerateArray())
        {
            if (TryText(item, out string text) && text.Length > 0 && text.Length <= mostCharacters && !texts.Contains(text))
            {
                texts.Add(text);
            }
            else
            {
                Refuse($"{name}/{index}", item, $"must be a string of 1 to {mostCharacters} characters that occurs once in the array");
            }

            index++;
        }

        return texts;
    }

    /// <summary>An array of distinct whole numbers.</summary>
    public IReadOnlyList<long>? Numbers(string name, int most, long least, long greatest)
    {
        if (TakeArray(name, most, "whole numbers") is not { } array)
        {
            return null;
        }

        var numbers = new List<long>();
        foreach ((int index, JsonElement item) in array.EnumerateArray().Index())
        {
            if (item.ValueKind == JsonValueKind.Number && item.TryGetInt64(out long number) && number >= least && number <= greatest
                && !numbers.Contains(number))
            {
                numbers.Add(number);
            }
            else
            {
                Refuse($"{name}/{index}", item, $"must be a whole number from {least} to {greatest} that occurs once in the array");
            }
        }

        return numbers;
    }

    /// <summary>Reads each object of an array with <paramref name="read"/>. Members that it does not read are faults.</summary>
    public IReadOnlyList<T>? Items<T>(string name, int most, Func<SettingsMembers, T> read)
    {
        if (TakeArray(name, most, "objects") is not { } array)
        {
            return null;
        }

        var items = new List<T>();
        foreach ((int index, JsonElement item) in array.EnumerateArray().Index())
        {
            if (item.ValueKind != JsonValueKind.Object)
            {
                Refuse($"{name}/{index}", item, "must be an object");
                continue;
            }

            var inner = new SettingsMembers(item, $"{pointer}/{name}/{index}", faults);
            items.Add(read(inner));
            inner.RefuseOthers();
        }

        return items;
    }

    /// <summary>Adds a fault for a missing member or an invalid combination of members.</summary>
    public void Fault(string name, string expected) => faults.Add($"{pointer}/{name}", expected);

    public T? Choice<T>(string name, params (string Name, T Value)[] choices)
        where T : struct
    {
        if (Take(name) is not { } member)
        {
            return null;
        }

        foreach ((string choice, T value) in choices)
        {
            if (member.ValueKind == JsonValueKind.String && member.ValueEquals(choice))
            {
                return value;
            }
        }

        Refuse(name, member, $"must be one of {string.Join(", ", choices.Select(c => c.Name))}");
        return null;
    }

    /// <summary>An array of distinct names of choices.</summary>
    public IReadOnlyList<T>? Choices<T>(string name, params (string Name, T Value)[] choices)
        where T : struct
    {
        if (Take(name) is not { } member)
        {
            return null;
        }

        bool mayFit = member.ValueKind == JsonValueKind.Array && member.GetArrayLength() <= choices.Length;
        string[] given = mayFit ? [.. member.EnumerateArray().Select(i => TryText(i, out string text) ? text : "")] : [];
        T[] values = [.. choices.Where(c => given.Contains(c.Name)).Select(c => c.Value)];
        if (values.Length > 0 && values.Length == given.Length)
        {
            return values;
        }

        Refuse(name, member, $"must be an array of one or more distinct names of {string.Join(", ", choices.Select(c => c.Name))}");
        return null;
    }

    /// <summary>Reads a nested object with <paramref name="read"/>. Members that it does not read are faults.</summary>
    public T? Members<T>(string name, Func<SettingsMembers, T> read)
        where T : class
    {
        if (Take(name) is not { } member)
        {
            return null;
        }

        if (member.ValueKind != JsonValueKind.Object)
        {
            Refuse(name, member, "must be an object");
            return null;
        }

        var inner = new SettingsMembers(member, $"{pointer}/{name}", faults);
        T value = read(inner);
        inner.RefuseOthers();
        return value;
    }

    /// <summary>The member as JSON, verbatim.</summary>
    public string? Raw(string name) => Take(name)?.GetRawText();

    /// <summary>Adds a fault with a reason if the member is present.</summary>
    public void Refuse(string name, string reason)
    {
        if (!Has(name))
        {
            return;
        }

        _known.Add(name);
        faults.AddUnknown($"{pointer}/{name}", reason);
    }

    /// <summary>Adds a fault for every member that was not read.</summary>
    public void RefuseOthers()
    {
        foreach (JsonProperty member in container.EnumerateObject())
        {
            if (IsKnown(member))
            {
                continue;
            }

            if (faults.IsFull)
            {
                faults.CountUnknown();
                continue;
            }

            JsonKinds.TryName(member, out string name);
            faults.AddUnknown($"{pointer}/{JsonPointer.Escape(name)}", $"unknown member; valid members are {string.Join(", ", _known)}.");
        }
    }

    private bool IsKnown(JsonProperty member)
    {
        foreach (string known in _known)
        {
            if (member.NameEquals(known))
            {
                return true;
            }
        }

        return false;
    }

    private static bool TryText(JsonElement member, out string text)
    {
        text = "";
        return member.ValueKind == JsonValueKind.String && JsonKinds.TryText(member, out text);
    }

    private JsonElement? TakeArray(string name, int most, string what)
    {
        if (Take(name) is not { } member)
        {
            return null;
        }

        if (member.ValueKind == JsonValueKind.Array && member.GetArrayLength() <= most)
        {
            return member;
        }

        Refuse(name, member, $"must be an array of at most {most} {what}");
        return null;
    }

    private JsonElement? Take(string name)
    {
        _known.Add(name);
        return container.TryGetProperty(name, out JsonElement member) && member.ValueKind != JsonValueKind.Null ? member : null;
    }

    private void Refuse(string name, JsonElement member, string expected)
    {
        string given = member.GetRawText();
        faults.Add($"{pointer}/{name}", $"{expected}, not {(given.Length <= ShownCharacters ? given : Describe(member))}.");
    }

    private static string Describe(JsonElement member) => member.ValueKind switch
    {
        JsonValueKind.Array => $"an array of {member.GetArrayLength()} {(member.GetArrayLength() == 1 ? "item" : "items")}",
        JsonValueKind.String when TryText(member, out string text) => $"a string of {text.Length} characters",
        _ => JsonKinds.Name(member),
    };
}
