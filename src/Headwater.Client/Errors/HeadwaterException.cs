using System.Text.Json;
using Headwater.Contracts.Errors;

namespace Headwater.Client;

/// <summary>A request failed: the service refused it, or gave no answer.</summary>
/// <param name="code">See <see cref="Code"/>.</param>
/// <param name="message">What was wrong and what to do.</param>
/// <param name="inner">The error of the transport, if there was one.</param>
public sealed class HeadwaterException(string code, string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>The <see cref="Code"/> of a request that got no answer, or an answer that is not the service's.</summary>
    public const string NoAnswer = "no_answer";

    /// <summary>The <see cref="Code"/> of a value that cannot be read or written as the program's type.</summary>
    public const string ValueUnreadable = "value_unreadable";

    /// <summary>The <see cref="Code"/> of a type that does not fit the stream's schema.</summary>
    public const string TypeMismatch = "type_mismatch";

    /// <summary>The <see cref="Code"/> of a view whose rows cannot be brought up to date, not even from the log start.</summary>
    public const string ViewOutdated = "view_outdated";

    /// <summary>The problem's code, for example <c>stream_not_found</c>: one of those in docs/http-api.md, or one of the constants of this class.</summary>
    public string Code { get; } = code;

    /// <summary>The HTTP status; null if there was no answer.</summary>
    public int? Status { get; init; }

    /// <summary>Whether the same request may succeed later, unchanged.</summary>
    public bool Retryable { get; init; }

    /// <summary>Whether any event of the request was stored.</summary>
    public Appended Appended { get; init; }

    /// <summary>How long the service asks to wait before a retry; null if it does not say.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>The whole problem, with the facts of its code; <see cref="JsonValueKind.Undefined"/> if there was none.</summary>
    public JsonElement Problem { get; init; }

    /// <summary>Whether the service, or a host before it, refused. Otherwise the program's type does not fit, which no repeat mends.</summary>
    internal bool IsOfService => Code is not (ValueUnreadable or TypeMismatch);

    /// <summary>Whether the problem has this code. Not public, because programs would need two namespaces with a HeadwaterException each.</summary>
    internal bool Is(ErrorCode code) => Code == code.WireName();

    /// <summary>A fact of the problem that is a whole number; null if the problem has none of this name.</summary>
    internal long? Number(string fact) =>
        Problem.ValueKind == JsonValueKind.Object && Problem.TryGetProperty(fact, out JsonElement value)
        && value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out long number) ? number : null;

    /// <summary>A fact of the problem that is a list of whole numbers; empty if the problem has none of this name.</summary>
    internal IEnumerable<int> Numbers(string fact)
    {
        if (Problem.ValueKind == JsonValueKind.Object && Problem.TryGetProperty(fact, out JsonElement values) && values.ValueKind == JsonValueKind.Array)
        {
            foreach (JsonElement value in values.EnumerateArray())
            {
                if (value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out int number))
                {
                    yield return number;
                }
            }
        }
    }
}
