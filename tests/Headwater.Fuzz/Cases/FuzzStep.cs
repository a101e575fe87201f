using System.Text.Json.Serialization;

namespace Headwater.Fuzz.Cases;

/// <summary>One input of a case: a request, or a message that is put on a queue. The checks need nothing but the step and the answer.</summary>
internal sealed record FuzzStep
{
    /// <summary>The method of a request; null for a message.</summary>
    public string? Method { get; init; }

    /// <summary>Path and query as a client sends them, or the name of the queue.</summary>
    public required string Target { get; init; }

    public IReadOnlyList<FuzzHeader> Headers { get; init; } = [];

    /// <summary>The body, if it is UTF-8; otherwise <see cref="Base64"/>.</summary>
    public string? Text { get; init; }

    public byte[]? Base64 { get; init; }

    /// <summary>What storage does while the request is handled; null: it works.</summary>
    public FuzzFault? Fault { get; init; }

    /// <summary>The values that a reader must get if the request is accepted, as JSON; null if they are not known beforehand.</summary>
    public IReadOnlyList<string>? Values { get; init; }

    [JsonIgnore]
    public byte[]? Body => Base64 ?? (Text is null ? null : System.Text.Encoding.UTF8.GetBytes(Text));

    [JsonIgnore]
    public string Path => Target.Split('?')[0];

    public override string ToString() => Method is null ? $"message on {Target}" : $"{Method} {Target}";
}

internal sealed record FuzzHeader(string Name, string Value);

/// <summary>What happens to one storage call of a request.</summary>
/// <param name="Operation">The kind of call.</param>
/// <param name="Skip">The number of calls of the kind that work before the fault.</param>
/// <param name="Fate">One of <c>lostBefore</c>, <c>answerLost</c>, <c>throttled</c> and <c>unavailable</c>.</param>
/// <param name="Times">The number of calls with the fault.</param>
internal sealed record FuzzFault(string Operation, int Skip, string Fate, int Times);
